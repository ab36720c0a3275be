import { expect } from 'chai';
import { foldCase } from './fold-case.ts';

describe('foldCase', () => {
  it('makes one of what differs in case or in the spelling of accents', () => {
    for (const texts of [
      ['Straße', 'STRASSE', 'strasse', 'STRAẞE'],
      ['İzmir', 'IZMIR', 'izmir', 'ızmır', 'I\u0307zmir'],
      ['Ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύσ', 'Ὀδυσσεύς'.normalize('NFD')],
      ['Ossél', 'OSSÉL', 'osse\u0301l', 'OSSE\u0301L'],
      ['ﬁnal', 'FINAL', 'Final'],
      ['ΐ', 'Ϊ́', 'ϊ\u0301'],
      ['ᾳ', 'ᾼ', 'ΑΙ'],
      ['Ꭰ', 'ꭰ'],
      ['Kelvin', '\u212Aelvin'],
      ['ǆ', 'ǅ', 'Ǆ'],
      ['ſea', 'Sea'],
      ['𐐀', '𐐨'],
    ]) {
      expect(new Set(texts.map(foldCase)), texts.join(' ')).to.have.property('size', 1);
    }
  });

  it('keeps apart what differs in more', () => {
    for (const [one, other] of [
      ['Ossel', 'Ossél'],
      ['Zöe', 'Zoë'],
      ['カ', 'ガ'],
      ['ａ', 'a'],
      ['и', 'й'],
    ] as const) {
      expect(foldCase(one), `${one} ${other}`).not.to.equal(foldCase(other));
    }
  });

  it('treats every character like its capital and its small letter, and changes nothing that it made', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const others = [character.toLowerCase(), character.toUpperCase(), character.normalize('NFD')];
      if (others.every((each) => each === character)) continue;
      const folded = foldCase(character);
      const alike = [folded, ...others];
      if (alike.some((each) => foldCase(each) !== folded)) wrong.push(code.toString(16));
    }
    expect(wrong).to.deep.equal([]);
  });
});
