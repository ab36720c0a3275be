export const REDACTED = '[redacted]';
/** Shorter ones are words, such as `postgres`, that would vanish from every line. */
const SHORTEST_SECRET = 12;

/* What secrets look like, wherever they stand. Every repetition is bounded, or followed by what it cannot match. */
const JWT = /eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/;
const API_TOKEN = /lfv_\w{12,}/;
const PASSWORD_HASH = /\$(?:argon2(?:id|i|d)|scrypt|2[aby])\$[\w$=,./+-]+/;
/** 32 bytes in base64url, as refresh tokens and their hashes are; not so file names and words. */
const KEY = /(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{43}(?![\w-])/;
const BEARER = /(?<=\bbearer\s{1,4})[\w.~+/=-]{6,}/i;
/** The rest of a URL. What stands before its last @ is a user; a password may hold more than it should. */
const URL_REST = /(?<=:\/\/)\S{1,2048}/g;
/** No secret, but somebody's: an id tells whom a line is about. */
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@(?=[a-z])[\w.-]{1,255}/;
const LABELLED =
  /(?<=(?:password|passwd|token|secret|authorization|cookie|api_?key)\w{0,8}["']?\s?[=:]\s?["']?)[^\s"',;&}]{8,}/i;

/** An id in hexadecimal digits, or a route of words without digits; `eyJ` begins a JWT. */
const HARMLESS = /^(?:[0-9a-f-]{8,40}|(?!.*eyJ)(?:\/:?[A-Za-z.]{1,24}){1,8})$/;

/** Takes out of a text what looks like a secret, and the given secrets themselves. */
export type MaskSecrets = (text: string) => string;

export function makeMaskSecrets(secrets: readonly string[]): MaskSecrets {
  const exact = secrets
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .map((secret) => secret.replaceAll(/[^\w\s]/g, '\\$&'));
  const forms = [JWT, API_TOKEN, PASSWORD_HASH, KEY].map(({ source }) => source);
  const always = new RegExp([...exact, ...forms].join('|'), 'g');
  const inContext = new RegExp([BEARER, LABELLED, EMAIL].map(({ source }) => source).join('|'), 'gi');
  // Look-behinds are dear: only where there is one of the words that they look for.
  const hasContext = /@|:\/\/|bearer|passw|token|secret|authorization|cookie|key/i;
  // Ids and routes, which make up most of a log, look like none of these, unless a secret is made of just such letters.
  const harmless = secrets.some((secret) => HARMLESS.test(secret)) ? null : HARMLESS;
  return (text) => {
    if (harmless?.test(text) === true) return text;
    // Most texts of a line are too short for any of the forms.
    if (text.length < 8) return text;
    const masked = text.length < 11 ? text : text.replace(always, REDACTED);
    if (!hasContext.test(masked)) return masked;
    return masked.replace(URL_REST, maskUser).replace(inContext, REDACTED);
  };
}

function maskUser(rest: string): string {
  const at = rest.lastIndexOf('@');
  return at === -1 ? rest : `${REDACTED}${rest.slice(at)}`;
}

const SECRET_NAMES = new RegExp(
  '^(?:key|pwd)$|(?:password|passwd|passphrase|secrets?|tokens?|jwts?|authorization|cookies?|credentials?|hash|hashes|' +
    '(?:api|private|signing|access|secret|encryption)keys?)$',
);
const verdicts = new Map<string, boolean>();
const MAX_VERDICTS = 1000;

/** Whether a field's name says that its value is a secret, in whatever case and spelling. */
export function namesSecret(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = SECRET_NAMES.test(
    name
      .slice(-64)
      .toLowerCase()
      .replaceAll(/[^a-z]/g, ''),
  );
  if (verdicts.size < MAX_VERDICTS) verdicts.set(name, verdict);
  return verdict;
}
