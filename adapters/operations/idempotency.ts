import { createHash } from 'node:crypto';
import type { IdempotencyStore, RecordedAnswer } from '../../core/idempotency/idempotency-store.ts';
import { type Role, ROLES } from '../../core/members/role.ts';
import { type Viewer, claimedBy } from '../../core/shared/actor.ts';
import type { Clock } from '../../core/shared/clock.ts';
import { DomainError, invalidField, notFound } from '../../core/shared/errors.ts';
import type { Transaction } from '../../core/shared/transaction.ts';
import { withEcho, withoutEcho } from './echo.ts';
import { checkParams, checked } from './guard.ts';
import { type Endpoint, type OperationSpec, type RawRequest, expectScope } from './operation.ts';
import type { Answer } from './response.ts';

const LIFETIME_MS = 86_400_000;
/** Printable ASCII. */
const KEY = /^[\x20-\x7e]{1,255}$/;
/** The campaign that a path names, or that was created at it. */
const CAMPAIGN = /^\/api\/campaigns\/([^/]+)/;

export interface IdempotencyDeps {
  readonly store: IdempotencyStore;
  readonly transaction: Transaction;
  readonly clock: Clock;
  /** What somebody is in a campaign now; null for nothing, or when it lies in the trash. */
  readonly roleIn: (campaignId: string, userId: string) => Promise<Role | null>;
}

/** Whether the Idempotency-Key header means something to the operation: a POST that creates, by somebody known. */
export function takesIdempotencyKey({ method, status, access, answersSecret }: OperationSpec): boolean {
  return method === 'POST' && status === 201 && !('public' in access) && answersSecret !== true;
}

/**
 * The same endpoint, which runs once for all requests of a user with the same key within 24 hours, and answers the
 * later ones what it answered the first. A request that fails records nothing: it may be repeated with its key.
 */
export function idempotent(endpoint: Endpoint, deps: IdempotencyDeps): Endpoint {
  const { spec } = endpoint;
  if (spec.answersSecret === true) return refusingKeys(endpoint);
  if (!takesIdempotencyKey(spec)) return endpoint;
  return {
    ...endpoint,
    handle: async (viewer, request) => {
      const key = request.idempotencyKey ?? null;
      if (key === null || viewer === null) return endpoint.handle(viewer, request);
      if (!KEY.test(key)) throw invalidField('Idempotency-Key', 'must be 1 to 255 printable ASCII characters');
      expectScope(viewer, spec.access);
      const guarded = guardedOf(spec, request);
      return deps.transaction.run(() => once({ endpoint, viewer, request, key, guarded }, deps));
    },
  };
}

/**
 * An answer with a secret that is shown once is never stored, so it cannot be replayed. Ignoring the key would break
 * the promise that the caller asks for, and leave a second live secret behind; so it is told.
 */
function refusingKeys(endpoint: Endpoint): Endpoint {
  return {
    ...endpoint,
    handle: async (viewer, request) => {
      if (viewer !== null && (request.idempotencyKey ?? null) !== null) {
        throw invalidField(
          'Idempotency-Key',
          'is not taken here: the answer carries a secret, which is not kept. Send the request without it',
        );
      }
      return endpoint.handle(viewer, request);
    },
  };
}

interface Call {
  readonly endpoint: Endpoint;
  readonly viewer: Viewer;
  readonly request: RawRequest;
  readonly key: string;
  /** What the operation gets to see: spaces or the order of fields make no other request. */
  readonly guarded: { readonly params: unknown; readonly body: unknown };
}

async function once({ endpoint, viewer, request, key, guarded }: Call, deps: IdempotencyDeps): Promise<Answer> {
  const { store, clock, roleIn } = deps;
  const { userId } = claimedBy(viewer);
  const { spec } = endpoint;
  const mine = { userId, key };
  if (!(await store.claim(mine))) {
    throw new DomainError(
      'idempotency_in_flight',
      'A request with this Idempotency-Key is still being worked on. Wait a moment and repeat it.',
    );
  }
  const hash = createHash('sha256').update(canonicalJson(guarded)).digest('hex');
  // A version before this one would answer without what is left out: to it the key belongs to another request.
  const echoedHash = `${hash} echoed`;
  const now = clock.now();
  // Either way: when the clock was set back, what was just recorded is in the future, and must not be done again.
  const span = { since: new Date(now.getTime() - LIFETIME_MS), until: new Date(now.getTime() + LIFETIME_MS) };
  const recorded = await store.find(mine, span);
  if (recorded !== null) {
    if (recorded.operation !== spec.name || ![hash, echoedHash].includes(recorded.requestHash)) {
      throw new DomainError(
        'idempotency_key_reused',
        'This Idempotency-Key was used for another request. Use a new key for each new request.',
      );
    }
    await expectStanding(recorded, userId, deps);
    const { echoed = [], ...recordedAnswer } = recorded.answer;
    const body = withEcho({ body: recordedAnswer.body, echoed }, guarded.body);
    return { ...recordedAnswer, body, next: null, replayed: true };
  }
  const answer = await endpoint.handle(viewer, request);
  const { status, body, etag, location } = answer;
  const campaignId = campaignOf(spec, request, location);
  const stored = withoutEcho(body, guarded.body);
  await store.record(
    mine,
    {
      operation: spec.name,
      requestHash: stored.echoed.length === 0 ? hash : echoedHash,
      answer: { status, ...stored, etag, location },
      campaignId,
      role: campaignId === null ? null : await roleIn(campaignId, userId),
      createdAt: now,
    },
    span,
  );
  return answer;
}

/**
 * An answer shows a campaign as its caller might see it then. Who has left since, or has a weaker role, must not see it
 * again. @throws DomainError `not_found`, `forbidden`
 */
async function expectStanding(
  { campaignId, role }: RecordedAnswer,
  userId: string,
  { roleIn }: IdempotencyDeps,
): Promise<void> {
  if (campaignId === null || role === null) return;
  const now = await roleIn(campaignId, userId);
  if (now === null) throw notFound();
  // The most able role comes first.
  if (ROLES.indexOf(now) > ROLES.indexOf(role)) {
    throw new DomainError('forbidden', `As ${now} of this campaign you may no longer see what this answered.`);
  }
}

function campaignOf({ path }: OperationSpec, { params }: RawRequest, location: string | null): string | null {
  const given = new Map(Object.entries(params ?? {}));
  const asked = path.replaceAll(/:(\w+)/g, (_, name: string) => String(given.get(name)));
  return CAMPAIGN.exec(asked)?.[1] ?? CAMPAIGN.exec(location ?? '')?.[1] ?? null;
}

function guardedOf(spec: OperationSpec, { params, body }: RawRequest): Call['guarded'] {
  return { params: checkParams<unknown>(spec.params, params), body: checked<unknown>(spec.body, body) };
}

/** With the fields of every object in the same order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown): unknown =>
    typeof each === 'object' && each !== null && !Array.isArray(each) ? sortedByKey(each) : each,
  );
}

function sortedByKey(record: object): Readonly<Record<string, unknown>> {
  const entries = Object.entries<unknown>({ ...record });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
