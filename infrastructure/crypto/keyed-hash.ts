import { createHmac } from 'node:crypto';

/** Turns texts into keys to look them up by: whoever reads a key cannot tell, nor try out, what it was made of. */
export type KeyedHash = (text: string) => string;

/** HMAC-SHA256. */
export function makeKeyedHash(key: Uint8Array): KeyedHash {
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
