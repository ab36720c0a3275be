import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en');

/** The beginning of the text that fits into so many columns of a terminal, with `…` where it was cut. */
export function fitted(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}
