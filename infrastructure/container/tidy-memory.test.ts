import { expect } from 'chai';
import { makeTidyMemory } from './tidy-memory.ts';

const MIB = 1024 * 1024;

describe('what tidies the memory', () => {
  let heap: number;
  let collections: number;
  let look: (utilization: number) => void;
  beforeEach(() => {
    heap = 60 * MIB;
    collections = 0;
    look = makeTidyMemory({
      collect: () => {
        collections += 1;
        heap = 40 * MIB;
      },
      heapSize: () => heap,
    });
  });
  const after = (...utilizations: readonly number[]): number => {
    utilizations.forEach((utilization) => {
      look(utilization);
    });
    return collections;
  };

  it('does so when the process has rested for two intervals, after the start and after each rush', () => {
    expect(after(0.9, 0.01)).to.equal(0);
    expect(after(0.01)).to.equal(1);
    heap = 90 * MIB;
    expect(after(0.5, 0.01, 0.01)).to.equal(2);
  });

  it('does not while there is work, nor between two requests of a rush', () => {
    expect(after(0.9, 0.01, 0.06, 0.01, 0.5, 0.04, 1)).to.equal(0);
  });

  it('does not again as long as hardly anything has come to it', () => {
    expect(after(0, 0)).to.equal(1);
    heap = 43 * MIB;
    expect(after(0, 0, 0, 0, 0)).to.equal(1);
    heap = 45 * MIB;
    expect(after(0, 0)).to.equal(2);
  });
});
