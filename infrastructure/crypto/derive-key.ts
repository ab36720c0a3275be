import { hkdfSync } from 'node:crypto';

/** A key for one purpose, derived from the configured secret (HKDF-SHA256, RFC 5869): no two uses share one. */
export function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `lazy-foundry ${purpose}`, 32));
}
