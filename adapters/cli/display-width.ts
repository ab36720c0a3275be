const PLAIN = /^[\x20-\x7E]*$/;
// East Asian Wide and Fullwidth (UAX #11), roughly: Hangul, kana, ideographs, their punctuation; and emoji.
const WIDE =
  /^(?:[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|.\uFE0F)/u;

/** How many columns a terminal gives the text, which has no control characters. */
export function displayWidth(text: string): number {
  return PLAIN.test(text) ? text.length : graphemes(text).reduce((sum, each) => sum + widthOf(each), 0);
}

/** The beginning of the text that fits, with `…` where it was cut. */
export function fitted(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const each of graphemes(text)) {
    used += widthOf(each);
    if (used > width) break;
    kept += each;
  }
  return `${kept.trimEnd()}…`;
}

function graphemes(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
}

function widthOf(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return /^\p{M}+$|^[\u200B-\u200F\u2060\uFEFF]$/u.test(grapheme) ? 0 : 1;
}
