import { expect } from 'chai';
import fc from 'fast-check';
import { processorTime } from '../../test/support/processor-time.ts';
import { findJsonFault } from './find-json-fault.ts';

describe('findJsonFault', () => {
  it('finds where a text stops being JSON', () => {
    const faults: readonly (readonly [string, number])[] = [
      ['abc', 0],
      ['{a}', 1],
      ['{"a":x}', 5],
      ['{"a" 1}', 5],
      ['{"a":1,}', 7],
      ['[1,]', 3],
      ['[1 2]', 3],
      ['[,1]', 1],
      ['{"a":1]', 6],
      ['{} {}', 3],
      ['01', 1],
      ['1.', 1],
      ['-', 0],
      ['nul', 0],
      ['"a\nb"', 2],
      ['"\\x"', 1],
      ['"\\u12g4"', 1],
      ['{"a":1}}', 7],
      ["{'a':1}", 1],
    ];
    for (const [text, at] of faults) expect(findJsonFault(text), text).to.equal(at);
  });

  it('answers the end of a text that ends too soon', () => {
    for (const text of ['', ' ', '{', '[1,', '{"a"', '{"a":', '"abc', '[[]', '{"a":1']) {
      expect(findJsonFault(text), text).to.equal(text.length);
    }
  });

  it('finds nothing wrong in what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonFault(text)).to.equal(text.length);
      }),
    );
  });

  it('finds a fault wherever JSON.parse does, before which the text could go on', () => {
    const text = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '1', '-', '\\', ' ', 'true'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, (each) => {
        const fault = findJsonFault(each);
        if (isJson(each)) expect(fault).to.equal(each.length);
        else if (fault === each.length) expect(each.trimEnd()).not.to.satisfy(isJson);
        else expect(isJson(each.slice(0, fault + 1))).to.equal(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('is not slow on a large text of one string, nor on deep nesting', async () => {
    const time = await processorTime(() => {
      findJsonFault(`{"a":"${'x'.repeat(1024 * 1024)}`);
      findJsonFault('['.repeat(1024 * 1024));
    });
    expect(time).to.be.below(2000);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
