import { createHash } from 'node:crypto';
import { cursorScope, makeCursors } from '../adapters/operations/cursor.ts';
import { makeAccessTokens } from '../infrastructure/crypto/access-tokens.ts';
import { deriveKey } from '../infrastructure/crypto/derive-key.ts';

/* What is in the database that everything is measured on, named without asking it: seed.ts writes the same. */

export const JWT_SECRET = 'bench: a secret that signs nothing but requests to 127.0.0.1';
export const PASSWORD = 'Quiet-harbour-7';
/** Argon2id (19 MiB, 2 passes, 1 lane) of the password; one for all, as computing 10,000 takes minutes. */
export const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$YmVuY2gtc2FsdC0xMjM0NQ$aUp07B+RGh6zIrV6TytnKsOQ9gNX+mQ1TJWc5KEt8hU';

export const USERS = 10_000;
export const CAMPAIGNS = 5000;
/** How many users at most send the requests of one case; the next case takes the next ones. See README.md, rate limits. */
export const ACTIVE_USERS = 1000;
/** The campaign with the long list, which everybody is in. */
export const BIG_CAMPAIGN = 1;
/** 1 January 2024: the ids' first millisecond. */
export const EPOCH_MS = Date.UTC(2024, 0, 1);

const KINDS = { user: 1, campaign: 2, session: 3, signIn: 4, npc: 5 } as const;

/** A UUIDv7 by its number, as the SQL function `bench_id` makes it. */
export function idOf(kind: keyof typeof KINDS, n: number): string {
  const hex =
    (EPOCH_MS + n).toString(16).padStart(12, '0') +
    `7${KINDS[kind].toString(16).padStart(3, '0')}` +
    '8000' +
    n.toString(16).padStart(12, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function kindNumber(kind: keyof typeof KINDS): number {
  return KINDS[kind];
}

/** Sessions are numbered as they came: the first ones of all campaigns, then the second ones … */
export function sessionId(campaign: number, sessionNumber: number): string {
  return idOf('session', sessionNumber * 10_000 + campaign);
}

/** The campaign whose owner or GM the user is, and which has many sessions. Ten users share it. */
export function mainCampaign(user: number): number {
  return (user % 1000) * 5;
}

export function emailOf(user: number): string {
  return `gm-${user}@example.org`;
}

export function refreshToken(user: number): string {
  return createHash('sha256').update(`bench refresh ${user}`).digest('base64url');
}

/** What the peers verify access tokens with. */
export const accessTokenKey = deriveKey(JWT_SECRET, 'access tokens');

const accessTokens = makeAccessTokens({ key: accessTokenKey, previousKey: null, lifetimeMs: 15 * 60_000 });

interface Minted {
  readonly token: string;
  readonly at: number;
}

const minted = new Map<number, Minted>();
/** Before half its life: after that a server suggests to refresh it. */
const USED_MS = 5 * 60_000;

export async function accessToken(user: number): Promise<string> {
  const known = minted.get(user);
  if (known !== undefined && Date.now() - known.at < USED_MS) return known.token;
  const now = new Date();
  const token = await accessTokens.sign({ id: idOf('signIn', user), userId: idOf('user', user) }, now);
  minted.set(user, { token, at: now.getTime() });
  return token;
}

const cursors = makeCursors(deriveKey(JWT_SECRET, 'cursors'));

/** Our server's cursor into the sessions of the big campaign: signed, and bound to who asks. */
export function signedSessionCursor(user: number, after: number): string {
  const actor = { userId: idOf('user', user), signInId: null, scopes: null };
  const scope = cursorScope('listSessions', actor, { campaignId: idOf('campaign', BIG_CAMPAIGN) }, {});
  return cursors.encode(scope, [after]);
}
