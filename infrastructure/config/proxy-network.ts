import { isIP } from 'node:net';
import type { ProxyNetwork } from '../../core/shared/proxy-network.ts';

const NETWORK = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i;

/**
 * Reads `10.0.0.7` or `10.0.0.0/8`, or the same of IPv6; null for what is neither. A prefix of 0 is none: it would
 * believe whatever anybody says of where they are.
 */
export function proxyNetwork(text: string): ProxyNetwork | null {
  const [, address = '', bits] = NETWORK.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  return prefix >= 1 && prefix <= longest ? { address, prefix } : null;
}
