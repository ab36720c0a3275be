import { expect } from 'chai';
import { findRepeatedKey } from './find-repeated-key.ts';

const MAX_DEPTH = 32;

/** Where the caret stands in the line below the text. */
function expectAt(text: string, marks: string): void {
  JSON.parse(text);
  expect(findRepeatedKey(text, MAX_DEPTH), text).to.equal(marks === '' ? null : marks.indexOf('^'));
}

describe('findRepeatedKey', () => {
  it('finds the second of two equal keys', () => {
    expectAt('{"a":1,"a":2}', '       ^');
    expectAt('{"a":1, "b":2, "a":2}', '               ^');
    expectAt('{"":1,"":2}', '      ^');
    expectAt('{"__proto__":1,"__proto__":2}', '               ^');
  });

  it('finds it at every depth, behind objects and arrays that have ended', () => {
    expectAt('[{"a":{"b":[1,{"c":1,"c":2}]}}]', '                     ^');
    expectAt('{"a":{"x":1},"b":[{},[]],"a":1}', '                         ^');
    expectAt('{"a":[{"a":1},{"a":1}],"a":0}', '                       ^');
  });

  it('knows a key by its meaning, however it is escaped', () => {
    expectAt(String.raw`{"a":1,"\u0061":2}`, '       ^');
    expectAt(String.raw`{"\"":1,"\u0022":2}`, '        ^');
    expectAt(String.raw`{"\\":1,"\\\\":2,"\u005c":3}`, '                 ^');
  });

  it('is not misled by values, by quotes in strings, or by the same key elsewhere', () => {
    expectAt('{"a":"a","b":"a"}', '');
    expectAt('{"a":{"a":{"a":1}}}', '');
    expectAt('["a","a",["a"],{"a":["a","a"]}]', '');
    expectAt(String.raw`{"a":"\",\"a\":1,\\","b":"\\\"{"}`, '');
    expectAt('{"a":1,"A":2,"a ":3}', '');
    expectAt('  "a"  ', '');
    expectAt('[1,-2.5e3,true,false,null,"{",{}]', '');
  });

  it('does not look deeper than it is told, however deep the text is', () => {
    const abyss = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
    expect(findRepeatedKey(`{"a":${abyss},"a":1}`, MAX_DEPTH)).to.equal(null);
  });

  it('takes linear time for the largest body', () => {
    const texts = [
      `{"a":"${'\\\\'.repeat(500_000)}"}`,
      `{"a":"${'\\"'.repeat(500_000)}"}`,
      `{${Array.from({ length: 90_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
    ];
    for (const text of texts) expect(findRepeatedKey(text, MAX_DEPTH)).to.equal(null);
  }).timeout(2000);
});
