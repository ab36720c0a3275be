import { DomainError } from '../../core/shared/errors.ts';
import { findJsonFault } from './find-json-fault.ts';
import { findJsonHazard } from './find-json-hazard.ts';

/** Of a body, wherever it comes from. */
export const MAX_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes are no such text as they should be. The message completes the sentence "It …", and quotes nothing. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

/**
 * The JSON object that a request's body or a file holds.
 * @throws UnreadableText; DomainError `validation_failed` for one that is deeper, or holds more, than anybody means
 */
export function readJson(bytes: Uint8Array): object {
  const text = readText(bytes);
  const hazard = findJsonHazard(text);
  if (hazard !== null) {
    const message = `${hazard.message}: look at ${placeOf(text, hazard.at)}`;
    if (hazard.kind === 'repeated key') throw new UnreadableText(message);
    throw new DomainError('validation_failed', `The body ${message}.`, [{ field: '', message }]);
  }
  const value = parse(text);
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
  let line = 1;
  let begin = 0;
  for (let before = 0; before < at; before += 1) {
    if (text.charCodeAt(before) !== LINE_FEED) continue;
    line += 1;
    begin = before + 1;
  }
  return `line ${line}, column ${at - begin + 1}`;
}
