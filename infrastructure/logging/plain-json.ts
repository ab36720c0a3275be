import { type MaskSecrets, namesSecret } from './mask-secrets.ts';

/** What JSON writes as it is: printable ASCII but for the quote and the backslash. */
const SIMPLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/** Characters; what is longer may have to be cut. */
const LONGEST_TEXT = 256;
const MOST_FIELDS = 30;
/** Kept in memory. */
const MOST_NAMES = 1000;
/** Names of fields that are no names like others, to us or to JavaScript. */
const SPECIAL = /^(?:time|level|event|__proto__|\d.*)$/;

/**
 * Writes fields that are plain, as those of nearly every line are, each with a comma before it; null for what is to be
 * looked at thoroughly. Secrets are masked here as there.
 */
export function makePlainJson(maskSecrets: MaskSecrets): (fields: object) => string | null {
  /** Names as JSON; null for those that are no plain ones. */
  const names = new Map<string, string | null>();
  const nameOf = (name: string): string | null => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const isPlain =
      name.length <= 64 && SIMPLE.test(name) && !SPECIAL.test(name) && !namesSecret(name) && maskSecrets(name) === name;
    const json = isPlain ? `,"${name}":` : null;
    if (names.size < MOST_NAMES) names.set(name, json);
    return json;
  };
  const valueOf = (value: unknown): string | null => {
    if (typeof value === 'string') {
      if (value.length > LONGEST_TEXT) return null;
      const masked = maskSecrets(value);
      return SIMPLE.test(masked) ? `"${masked}"` : null;
    }
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    return typeof value === 'boolean' || value === null ? String(value) : null;
  };
  const entriesOf = (fields: object): readonly [string, unknown][] | null => {
    try {
      return Object.entries(fields);
    } catch {
      return null;
    }
  };
  return (fields) => {
    const entries = entriesOf(fields);
    if (entries === null || entries.length > MOST_FIELDS) return null;
    let json = '';
    for (const [name, value] of entries) {
      if (value === undefined) continue;
      const before = nameOf(name);
      const text = before === null ? null : valueOf(value);
      if (before === null || text === null) return null;
      json += before + text;
    }
    return json;
  };
}
