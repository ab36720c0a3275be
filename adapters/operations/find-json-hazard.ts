import { MAX_DEPTH } from './find-hazards.ts';

/** What somebody sends has some hundreds of values at most: each text, number, list and object, and each in it. */
const MAX_VALUES = 10_000;

const [OBJECT_BEGIN, OBJECT_END, ARRAY_BEGIN, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];
const [COMMA, QUOTE, BACKSLASH] = [0x2c, 0x22, 0x5c];

/** Why a text of JSON is refused whatever its schema, and where that shows. */
export interface JsonHazard {
  readonly kind: 'too deep' | 'too many' | 'repeated key';
  readonly at: number;
  /** Completes the sentence "It …". */
  readonly message: string;
}

/**
 * Looks at brackets, commas and keys only, and before the text is parsed: parsing, and all that walks its values, takes
 * long for very many. Stops at the first hazard. JSON.parse keeps the last of two equal keys, and whoever checked the
 * request before us may have gone by the first (RFC 8259, section 4). In what is no JSON it may find none.
 */
export function findJsonHazard(text: string): JsonHazard | null {
  /** The keys of each object that is open; null for an array. */
  const open: (Set<string> | null)[] = [];
  let values = 1;
  let awaitsKey = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case OBJECT_BEGIN:
      case ARRAY_BEGIN:
        if (open.length === MAX_DEPTH) {
          return { kind: 'too deep', at, message: `must not be nested more than ${MAX_DEPTH} levels deep` };
        }
        awaitsKey = text.charCodeAt(at) === OBJECT_BEGIN;
        open.push(awaitsKey ? new Set() : null);
        values += 1;
        break;
      case OBJECT_END:
      case ARRAY_END:
        open.pop();
        break;
      case COMMA:
        awaitsKey = open.at(-1) != null;
        values += 1;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        const keys = open.at(-1);
        if (awaitsKey && keys != null) {
          const key = keyOf(text.slice(at, end + 1));
          if (keys.has(key)) return { kind: 'repeated key', at, message: 'must not have a key twice in one object' };
          keys.add(key);
          awaitsKey = false;
        }
        at = end;
        break;
      }
      default: // white space, colons, numbers, true, false, null
    }
    if (values > MAX_VALUES) return { kind: 'too many', at, message: `must not hold more than ${MAX_VALUES} values` };
  }
  return null;
}

/** Escapes may write the same key in other letters. */
function keyOf(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/** Where the string ends, or else the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}
