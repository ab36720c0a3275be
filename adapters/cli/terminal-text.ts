// Control characters (escape codes among them) move the cursor, rewrite what stands there and rename the window;
// marks of direction make a text read as another. What a player wrote in a title must do neither.
const HARMFUL = /[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu;
const HARMFUL_IN_PROSE = /(?!\n)[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu;
const HARMFUL_IN_JSON = /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g;

/** For one line: breaks and tabs become spaces, other control characters are shown as `�`. */
export function lineText(text: string): string {
  return text.replace(/[\t\r\n\u2028\u2029]+/g, ' ').replace(HARMFUL, '�');
}

/** For several lines: line breaks stay. */
export function proseText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\t', '    ').replace(HARMFUL_IN_PROSE, '�');
}

/** The same JSON, with what JSON allows raw but a terminal would obey written as `\u` escapes. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    HARMFUL_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
