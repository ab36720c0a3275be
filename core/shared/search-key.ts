import { foldCase } from './fold-case.ts';

/** Accents, vowel points and their like. What other scripts write above and below their letters is a letter to them. */
const ACCENTS =
  /(?=[\p{Script=Inherited}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}])(?![\u3099\u309a])\p{Mn}/gu;
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** Letters whose stroke or ligature Unicode takes for no accent, as people type them who lack the key. */
const PLAIN: Readonly<Record<string, string>> = {
  æ: 'ae',
  ð: 'd',
  đ: 'd',
  ħ: 'h',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  þ: 'th',
  ŧ: 't',
};

/** By which a text is found, whatever the case, the accents and the form of letters in which it is asked for. */
export function searchKey(text: string): string {
  const plain = foldCase(text.replace(UNSEEN, '').normalize('NFKD')).normalize('NFD').replace(ACCENTS, '');
  return plain.replace(/[æðđħłøœþŧ]/g, (letter) => PLAIN[letter] ?? letter).normalize('NFC');
}
