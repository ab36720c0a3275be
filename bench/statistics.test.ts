import { expect } from 'chai';
import { geometricMedian, median, quantile } from './statistics.ts';

describe('statistics', () => {
  it('finds the median of values in any order', () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([4, 10, 1, 2])).to.equal(3);
    expect(median([7])).to.equal(7);
  });

  it('takes twice and half for equally far from once', () => {
    expect(geometricMedian([0.5, 2])).to.be.closeTo(1, 1e-12);
    expect(geometricMedian([1.1, 0.5, 4])).to.be.closeTo(1.1, 1e-12);
  });

  it('finds what a part of the values is below', () => {
    const values = Float64Array.from({ length: 100 }, (_, n) => n);
    expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99)]).to.deep.equal([0, 50, 99]);
    expect(quantile([], 0.5)).to.deep.equal(Number.NaN);
  });
});
