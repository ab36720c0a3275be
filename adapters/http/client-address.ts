import { BlockList, isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Logger } from '../../core/shared/logger.ts';
import type { ProxyNetwork } from '../../core/shared/proxy-network.ts';
import type { HttpMiddleware } from './http-context.ts';
import { warnOfProxies } from './warn-of-proxies.ts';

const UNKNOWN = 'unknown';
/** Kept in memory. */
const MOST_KNOWN = 1000;

/** Finds out from which address the request comes, for whoever counts by it, and warns where a proxy hides that. */
export function locateClient(trusted: readonly ProxyNetwork[], logger: Pick<Logger, 'warn'>): HttpMiddleware {
  const isProxy = makeIsProxy(trusted);
  const warn = warnOfProxies(isProxy, logger);
  return function locateClient(ctx, next) {
    const { socket, headers } = ctx.req;
    const peer = plainAddress(socket.remoteAddress ?? '');
    const client = peer && clientBehind(peer, headers['x-forwarded-for'], isProxy);
    ctx.state.address = client !== null && isProxy(client) ? client : countedAs(client);
    if (peer !== null && client === peer) warn(peer, ctx);
    return next();
  };
}

/**
 * The client's address: an IPv4 address, or the /64 network of an IPv6 address, as that is what a single customer gets
 * and may choose from at will. It is the peer's own unless that is a proxy of ours. Each proxy writes the address that
 * it was called from at the end of `X-Forwarded-For`, so only what our proxies wrote, read from the right, is believed.
 */
export function makeClientAddress(
  trusted: readonly ProxyNetwork[],
): (peer: string | undefined, forwardedFor: string | string[] | undefined) => string {
  const isProxy = makeIsProxy(trusted);
  return (peer, forwardedFor) => {
    const address = plainAddress(peer ?? '');
    return countedAs(address && clientBehind(address, forwardedFor, isProxy));
  };
}

/** By which connections are counted; null for a proxy of ours, whose connections are those of many. */
export function makePeerAddress(trusted: readonly ProxyNetwork[]): (peer: string | undefined) => string | null {
  const isProxy = makeIsProxy(trusted);
  const addressOf = makeClientAddress([]);
  return (peer) => (isProxy(plainAddress(peer ?? '') ?? '') ? null : addressOf(peer, undefined));
}

function clientBehind(
  peer: string,
  forwardedFor: string | string[] | undefined,
  isProxy: (address: string) => boolean,
): string {
  if (!isProxy(peer)) return peer;
  const hops = String(forwardedFor ?? '').split(',');
  let client = peer;
  while (isProxy(client)) {
    const before = plainAddress(hops.pop()?.trim() ?? '');
    if (before === null) break;
    client = before;
  }
  return client;
}

function countedAs(client: string | null): string {
  if (client === null) return UNKNOWN;
  return familyOf(client) === 'ipv4' ? client : networkOf(client);
}

/** Whether it is the address of a proxy of ours. */
export function makeIsProxy(trusted: readonly ProxyNetwork[]): (address: string) => boolean {
  const proxies = new BlockList();
  for (const { address, prefix } of trusted) proxies.addSubnet(address, prefix, familyOf(address));
  /** Behind a proxy nearly every request asks about the same few addresses. */
  const known = new LRUCache<string, boolean>({
    max: MOST_KNOWN,
    memoMethod: (address) => isIP(address) !== 0 && proxies.check(address, familyOf(address)),
  });
  return (address) => trusted.length > 0 && known.memo(address);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Without the name of the interface, and as IPv4 where IPv6 only wraps it; null for what is no address. */
function plainAddress(text: string): string | null {
  const address = text.includes('%') ? text.slice(0, text.indexOf('%')) : text;
  const version = isIP(address);
  if (version !== 6) return version === 4 ? address : null;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : address;
}

function networkOf(address: string): string {
  const network = groupsOf(address).slice(0, 4);
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}

/** The eight groups of an IPv6 address. The URL parser writes each form of an address in one way (RFC 5952). */
function groupsOf(address: string): readonly number[] {
  const [left = [], right = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}
