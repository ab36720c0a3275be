/**
 * The offset of the first key that its object has already, in a text that is valid JSON; null where there is none.
 * JSON.parse keeps the last of them, and whoever checked the request before us may have gone by the first
 * (RFC 8259, section 4). Objects more than `maxDepth` deep are not looked at.
 */
export function findRepeatedKey(text: string, maxDepth: number): number | null {
  /** The keys of each object that is open; null for an array. */
  const open: (Set<string> | null)[] = [];
  let awaitsKey = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charAt(at)) {
      case '{':
      case '[':
        awaitsKey = text.charAt(at) === '{';
        open.push(awaitsKey ? new Set() : null);
        if (open.length > maxDepth) return null;
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        awaitsKey = open.at(-1) != null;
        break;
      case '"': {
        const end = endOfString(text, at);
        const keys = open.at(-1);
        if (awaitsKey && keys != null) {
          const key = keyOf(text.slice(at, end + 1));
          if (keys.has(key)) return at;
          keys.add(key);
          awaitsKey = false;
        }
        at = end;
        break;
      }
      default: // white space, colons, numbers, true, false, null
    }
  }
  return null;
}

/** Escapes may write the same key in other letters. */
function keyOf(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

/** Where the string's closing quote is: the next one that no odd number of backslashes escapes. */
function endOfString(text: string, start: number): number {
  let end = start;
  let escaped = true;
  while (escaped) {
    end = text.indexOf('"', end + 1);
    let before = end - 1;
    while (text.charAt(before) === '\\') before -= 1;
    escaped = (end - 1 - before) % 2 === 1;
  }
  return end;
}
