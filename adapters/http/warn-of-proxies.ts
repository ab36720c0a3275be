import { BlockList, isIPv6 } from 'node:net';
import type { Logger } from '../../core/shared/logger.ts';
import type { HttpContext } from './http-context.ts';

/** What proxies write, nginx and the standard's own among them. */
const TELLS = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/** Where proxies of ours usually are, and strangers never. */
const NEAR = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  NEAR.addSubnet(network, prefix, 'ipv4');
}
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');

type Warn = (peer: string, ctx: Pick<HttpContext, 'req' | 'path'>) => void;

/**
 * Warns where all who come through a proxy would count as one: it is not named, or does not say for whom it speaks.
 * Each is said once, and of proxies nearby and far away apart: whoever is far away may send any header, and must not
 * keep an admin from hearing of the proxy that is there.
 * @returns to be told the peer of each request that counts for its peer
 */
export function warnOfProxies(isNamed: (address: string) => boolean, logger: Pick<Logger, 'warn'>): Warn {
  const said = new Set<string>();
  const sayOnce = (event: string, where: string, peer: string, message: string): void => {
    if (said.has(`${event} ${where}`)) return;
    said.add(`${event} ${where}`);
    logger.warn(event, { message, peer });
  };
  return (peer, { req, path }) => {
    if (said.size === 4) return;
    const where = NEAR.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4') ? 'near' : 'far';
    if (isNamed(peer)) {
      // A load balancer's own look at the health of the server has nobody to speak for.
      if (/^\/+api\//i.test(path)) sayOnce('proxy_is_silent', where, peer, silent(peer));
    } else if (TELLS.some((name) => req.headers[name] !== undefined)) {
      sayOnce('proxy_not_named', where, peer, notNamed(peer));
    }
  };
}

function notNamed(peer: string): string {
  return (
    `Requests come from ${peer} with the headers of a proxy. TRUST_PROXY does not name it, so these are not believed: ` +
    'all who come through it share one limit of bodies and of requests at once, and whoever is not signed in one rate limit. ' +
    `If it is your own proxy, set TRUST_PROXY=${peer} and restart. If you do not know it, do nothing.`
  );
}

function silent(peer: string): string {
  return (
    `The proxy ${peer} does not say in X-Forwarded-For, as a plain address, for whom it asks: ` +
    'all who come through it share one limit of bodies and of requests at once, and whoever is not signed in one rate limit. ' +
    'Let it add that header (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for).'
  );
}
