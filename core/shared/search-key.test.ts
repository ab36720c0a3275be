import { expect } from 'chai';
import { searchKey } from './search-key.ts';

describe('searchKey', () => {
  it('makes one of what differs in case, accents or the form of letters', () => {
    for (const texts of [
      ['Ossél', 'OSSEL', 'osse\u0301l', 'ossel'],
      ['Łódź', 'lodz', 'ŁÓDŹ'],
      ['Søren', 'Soren', 'SØREN', 'So\u0338ren'],
      ['Æsir', 'AESIR', 'ǽsir'],
      ['Þórr', 'thorr'],
      ['Straße', 'STRASSE', 'STRAẞE'],
      ['İzmir', 'izmir', 'ıZMIR'],
      ['Ὀδυσσεύς', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
      ['Ёлка', 'елка', 'ЕЛКА'],
      ['שָׁלוֹם', 'שלום'],
      ['مُحَمَّد', 'محمد'],
      ['Việt Nam', 'viet nam'],
      ['ガス', 'ｶﾞｽ', 'ガス'.normalize('NFD')],
      ['ﬁend', 'FIEND', 'fi\u00adend', 'fi\u200bend'],
      ['ＡＢＣ', 'abc', 'Ⓐⓑⓒ', '𝐀𝐛𝐜'],
      ['№ 5', 'NO 5'],
      ['한글', '한글'.normalize('NFD')],
    ]) {
      expect(new Set(texts.map(searchKey)), texts.join(' ')).to.have.property('size', 1);
    }
  });

  it('keeps apart what other scripts write as letters', () => {
    for (const [one, other] of [
      ['カ', 'ガ'],
      ['ハ', 'パ'],
      ['कि', 'कु'],
      ['กา', 'กี'],
      ['ko', 'kö_'],
    ] as const) {
      expect(searchKey(one), `${one} ${other}`).not.to.equal(searchKey(other));
    }
  });

  it('finds a part of a text by any spelling of that part', () => {
    for (const [text, part] of [
      ['The Flooded Mühle', 'MUHLE'],
      ['Die große Halle', 'GROSSE'],
      ['Café Ossél', 'e\u0301 oss'],
      ['100% of_it \\ all', '0% OF_it \\'],
    ] as const) {
      expect(searchKey(text)).to.include(searchKey(part));
    }
  });
});
