import { findJsonFault } from './find-json-fault.ts';
import { findRepeatedKey } from './find-repeated-key.ts';
import { MAX_DEPTH } from './find-hazards.ts';

/** Of a body, wherever it comes from. */
export const MAX_BYTES = 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes are no such text as they should be. The message completes the sentence "It …", and quotes nothing. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

/** The JSON object that a request's body or a file holds. @throws UnreadableText */
export function readJson(bytes: Uint8Array): object {
  const text = readText(bytes);
  const value = parse(text);
  const repeated = findRepeatedKey(text, MAX_DEPTH);
  if (repeated !== null)
    throw new UnreadableText(`must not have a key twice in one object: look at ${placeOf(text, repeated)}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UnreadableText('must be a JSON object');
  return value;
}

/** The text without a byte order mark. @throws UnreadableText unless it is in UTF-8 */
export function readText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UnreadableText('must be encoded in UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableText(describeFault(text));
  }
}

function describeFault(text: string): string {
  const at = findJsonFault(text);
  if (at >= text.length) return 'must be valid JSON: it ends too soon';
  return `must be valid JSON: look at ${placeOf(text, at)}`;
}

function placeOf(text: string, at: number): string {
  const line = text.slice(0, at).split('\n').length;
  return `line ${line}, column ${at - text.lastIndexOf('\n', at - 1)}`;
}
