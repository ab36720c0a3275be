import { expect } from 'chai';
import { findJsonHazard } from './find-json-hazard.ts';

/** Where the caret stands in the line below the text. */
function expectAt(text: string, marks: string): void {
  JSON.parse(text);
  const hazard = findJsonHazard(text);
  expect(hazard?.at ?? null, text).to.equal(marks === '' ? null : marks.indexOf('^'));
  expect(hazard?.kind ?? null, text).to.equal(marks === '' ? null : 'repeated key');
}

describe('findJsonHazard', () => {
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

  it('takes 32 levels and no more, of lists and of objects, and looks no further', () => {
    const kindOf = (text: string): unknown => findJsonHazard(text)?.kind;
    for (const [begin, end] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (levels: number): string => `${begin.repeat(levels)}0${end.repeat(levels)}`;
      expect(kindOf(nested(32))).to.equal(undefined);
      expect(kindOf(nested(33))).to.equal('too deep');
    }
    expect(findJsonHazard('['.repeat(300_000))?.at).to.equal(32);
    expect(kindOf(`{"a":"${'['.repeat(300_000)}"}`)).to.equal(undefined);
    expect(kindOf('[[]'.repeat(31))).to.equal(undefined);
  });

  it('takes 10,000 values and no more, wherever they are', () => {
    const kindOf = (text: string): unknown => findJsonHazard(text)?.kind;
    const list = (count: number): string => `[${Array.from({ length: count }, () => 0).join(',')}]`;
    expect(kindOf(list(9_999))).to.equal(undefined);
    expect(kindOf(list(10_000))).to.equal('too many');
    expect(kindOf(`{"a":${list(4000)},"b":${list(4000)},"c":${list(4000)}}`)).to.equal('too many');
    expect(kindOf(`[${'[],'.repeat(5_001)}[]]`)).to.equal('too many');
    expect(kindOf(`{${Array.from({ length: 10_000 }, (_, index) => `"k${index}":1`).join(',')}}`)).to.equal('too many');
    expect(findJsonHazard(`[${'0,'.repeat(500_000)}0]`)?.at).to.be.below(20_001);
    expect(kindOf(`["${',[{'.repeat(300_000)}"]`)).to.equal(undefined);
  });

  it('leaves what is no JSON to whoever parses it', () => {
    for (const text of ['', ']', '}}', '{"a', '"', '"\\', '{"\\x":1,"\\x":2}', 'nul', '{,,}', '{"a":1,"a"']) {
      expect(() => findJsonHazard(text), text).not.to.throw();
    }
    for (const text of ['', ']', '}}', '{"a', '"', '"\\', 'nul', '{,,}'])
      expect(findJsonHazard(text), text).to.equal(null);
  });

  it('takes linear time for the largest body', () => {
    const texts = [
      `{"a":"${'\\\\'.repeat(500_000)}"}`,
      `{"a":"${'\\"'.repeat(500_000)}"}`,
      ' '.repeat(1024 * 1024),
      '1'.repeat(1024 * 1024),
      `"${'x'.repeat(1024 * 1024)}`,
    ];
    for (const text of texts) expect(findJsonHazard(text)).to.equal(null);
  }).timeout(2000);
});
