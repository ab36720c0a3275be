const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[\t\n\r ]*/y;
// By code, as these are looked up a million times for the largest body.
const [QUOTE, BACKSLASH, SPACE_CODE, LETTER_U] = [0x22, 0x5c, 0x20, 0x75];
const ESCAPABLE = codesOf('"\\/bfnrt');
const HEX = codesOf('0123456789abcdefABCDEF');

type Expected = 'value' | 'key' | ':' | ',';

interface Scan {
  at: number;
  expected: Expected;
  /** Whether the innermost object or array may end here. */
  mayClose: boolean;
  /** How the objects and arrays that are open will end. */
  readonly open: ('}' | ']')[];
}

/**
 * The offset at which a text that is not JSON (RFC 8259) goes wrong; its length when it ends too soon. The message of
 * JSON.parse quotes the text, which may hold a password, and often leaves out the place.
 */
export function findJsonFault(text: string): number {
  const scan: Scan = { at: skipSpace(text, 0), expected: 'value', mayClose: false, open: [] };
  while (scan.at < text.length) {
    const fault = readToken(text, scan);
    if (fault !== null) return fault;
    scan.at = skipSpace(text, scan.at);
  }
  return text.length;
}

/** Moves past one token; answers the offset of a fault in its place. */
function readToken(text: string, scan: Scan): number | null {
  const { at, expected, open } = scan;
  const character = text.charAt(at);
  const innermost = open.at(-1);
  if (scan.mayClose && character === innermost) {
    open.pop();
    return proceed(scan, at + 1, ',', true);
  }
  if (expected === ':') return character === ':' ? proceed(scan, at + 1, 'value', false) : at;
  if (expected === ',') {
    if (character !== ',' || innermost === undefined) return at;
    return proceed(scan, at + 1, innermost === '}' ? 'key' : 'value', false);
  }
  if (character === '"') {
    const { whole, end } = readString(text, at);
    if (!whole) return end;
    return expected === 'key' ? proceed(scan, end, ':', false) : proceed(scan, end, ',', true);
  }
  if (expected === 'key') return at;
  if (character === '{' || character === '[') {
    open.push(character === '{' ? '}' : ']');
    return proceed(scan, at + 1, character === '{' ? 'key' : 'value', true);
  }
  const end = after(SCALAR, text, at);
  return end === null ? at : proceed(scan, end, ',', true);
}

function proceed(scan: Scan, at: number, expected: Expected, mayClose: boolean): null {
  Object.assign(scan, { at, expected, mayClose });
  return null;
}

/** Where the string that begins at `start` ends, or where it goes wrong. */
function readString(text: string, start: number): { readonly whole: boolean; readonly end: number } {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { whole: true, end: at + 1 };
    if (code < SPACE_CODE) return { whole: false, end: at };
    if (code !== BACKSLASH) continue;
    const length = escapeAt(text, at);
    if (length === 0) return { whole: false, end: at };
    at += length - 1;
  }
  return { whole: false, end: text.length };
}

/** How long the escape is that a backslash begins; 0 where it is none. */
function escapeAt(text: string, at: number): number {
  const letter = text.charCodeAt(at + 1);
  if (letter !== LETTER_U) return ESCAPABLE.has(letter) ? 2 : 0;
  for (let digit = at + 2; digit < at + 6; digit += 1) if (!HEX.has(text.charCodeAt(digit))) return 0;
  return 6;
}

function skipSpace(text: string, at: number): number {
  return after(SPACE, text, at) ?? at;
}

function after(sticky: RegExp, text: string, at: number): number | null {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : null;
}

function codesOf(letters: string): ReadonlySet<number> {
  return new Set(Array.from(letters, (letter) => letter.charCodeAt(0)));
}
