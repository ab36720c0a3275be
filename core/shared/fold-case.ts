/**
 * What texts have in common that differ in letter case, or in the spelling of their accents, alone: Unicode's case
 * folding, in NFC. There is no such function in JavaScript; through capitals and back, `ß` is `ss` and every sigma the
 * same. Of the dotted and the dotless i of Turkish, no capital tells which is meant: they are one.
 */
export function foldCase(text: string): string {
  const small = text.normalize('NFC').toLowerCase().toUpperCase().toLowerCase();
  return small.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i').normalize('NFC');
}
