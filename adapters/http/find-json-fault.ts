const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[\t\n\r ]*/y;

type Expected = 'value' | 'key' | ':' | ',';

interface Reader {
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
  const reader: Reader = { at: skipSpace(text, 0), expected: 'value', mayClose: false, open: [] };
  while (reader.at < text.length) {
    const fault = readToken(text, reader);
    if (fault !== null) return fault;
    reader.at = skipSpace(text, reader.at);
  }
  return text.length;
}

/** Moves past one token; answers the offset of a fault in its place. */
function readToken(text: string, reader: Reader): number | null {
  const { at, expected, open } = reader;
  const character = text.charAt(at);
  const innermost = open.at(-1);
  if (reader.mayClose && character === innermost) {
    open.pop();
    return proceed(reader, at + 1, ',', true);
  }
  if (expected === ':') return character === ':' ? proceed(reader, at + 1, 'value', false) : at;
  if (expected === ',') {
    if (character !== ',' || innermost === undefined) return at;
    return proceed(reader, at + 1, innermost === '}' ? 'key' : 'value', false);
  }
  if (character === '"') {
    const { whole, end } = readString(text, at);
    if (!whole) return end;
    return expected === 'key' ? proceed(reader, end, ':', false) : proceed(reader, end, ',', true);
  }
  if (expected === 'key') return at;
  if (character === '{' || character === '[') {
    open.push(character === '{' ? '}' : ']');
    return proceed(reader, at + 1, character === '{' ? 'key' : 'value', true);
  }
  const end = after(SCALAR, text, at);
  return end === null ? at : proceed(reader, end, ',', true);
}

function proceed(reader: Reader, at: number, expected: Expected, mayClose: boolean): null {
  Object.assign(reader, { at, expected, mayClose });
  return null;
}

/** Where the string that begins at `start` ends, or where it goes wrong. */
function readString(text: string, start: number): { readonly whole: boolean; readonly end: number } {
  let at = start + 1;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') return { whole: true, end: at + 1 };
    if (character < ' ') return { whole: false, end: at };
    const next = character === '\\' ? after(ESCAPE, text, at) : at + 1;
    if (next === null) return { whole: false, end: at };
    at = next;
  }
  return { whole: false, end: text.length };
}

function skipSpace(text: string, at: number): number {
  return after(SPACE, text, at) ?? at;
}

function after(sticky: RegExp, text: string, at: number): number | null {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : null;
}
