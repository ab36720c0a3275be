import { expect } from 'chai';
import { UnreadableText, readJson, readText } from './read-json.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the reader of JSON, for bodies and files alike', () => {
  it('takes an object, with a byte order mark or without', () => {
    for (const text of ['{"name":"é"}', '\ufeff{"name":"é"}', ' {"na\\u006de": "é"}\n']) {
      expect(readJson(bytes(text)), text).to.deep.equal({ name: 'é' });
    }
    expect(readText(bytes('\ufeffSecret'))).to.equal('Secret');
  });

  for (const [what, given, message] of [
    ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le'), 'must be encoded in UTF-8'],
    ['Latin-1', Buffer.from('{"a":"é"}', 'latin1'), 'must be encoded in UTF-8'],
    ['a character cut in two', bytes('{"a":"é"}').subarray(0, 7), 'must be encoded in UTF-8'],
    ['an overlong slash', new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), 'must be encoded in UTF-8'],
    ['half a pair of surrogates', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'must be encoded in UTF-8'],
    [
      'a key twice',
      bytes('{"a":1,\n "\\u0061":2}'),
      'must not have a key twice in one object: look at line 2, column 2',
    ],
    [
      'a key twice in a list',
      bytes('{"a":[{"b":1,"b":1}]}'),
      'must not have a key twice in one object: look at line 1, column 14',
    ],
    ['no JSON', bytes('{"password": hunter2}'), 'must be valid JSON: look at line 1, column 14'],
    ['a comment', bytes('{} // none'), 'must be valid JSON: look at line 1, column 4'],
    ['two objects', bytes('{}\n{}'), 'must be valid JSON: look at line 2, column 1'],
    ['half an object', bytes('{"a":'), 'must be valid JSON: it ends too soon'],
    ['nothing', bytes(''), 'must be valid JSON: it ends too soon'],
    ['a list', bytes('[]'), 'must be a JSON object'],
    ['null', bytes('null'), 'must be a JSON object'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readJson(given)).to.throw(UnreadableText, new RegExp(`^${message}$`));
    });
  }
});
