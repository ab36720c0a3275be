import type { Schema } from 'yup';
import { type Actor, type Scope, type Viewer, claimedBy } from '../../core/shared/actor.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { RatePolicy } from '../../core/shared/rate-limiter.ts';
import type { SecurityEvents } from '../../core/shared/security-event.ts';
import type { PageRequest } from '../../core/shared/page.ts';
import { type Cursors, cursorScope, pageRequest } from './cursor.ts';
import { checkParams, checked } from './guard.ts';
import type { Answer, Response } from './response.ts';

/** Who may call: anybody; whoever signed in; whoever signed in or holds an API token, with the scope or with any. */
type Access =
  { readonly public: true } | { readonly signIn: true } | { readonly scope: Scope } | { readonly anyScope: true };

/** Everything about an operation that can be told without running it: routes, documents and tests are made of this. */
export interface OperationSpec {
  readonly name: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** A second method that does the same. */
  readonly alsoMethod?: 'PUT';
  /** With `:name` parameters, each in `params`. */
  readonly path: `/${string}`;
  readonly status: number;
  /** Other statuses that carry a body of the same schema. */
  readonly otherStatuses?: readonly number[];
  readonly access: Access;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  /** The answer carries a secret that is shown once: nothing may keep it. */
  readonly answersSecret?: true;
  /** Fewer calls are allowed than of others, by this policy. */
  readonly limit?: Exclude<RatePolicy, 'default' | 'open' | 'body'>;
  /** What the log tells of it, besides what it tells of every operation. */
  readonly events?: SecurityEvents;
  /** The statuses of the faults it may answer, besides those that every operation may. */
  readonly faults?: readonly number[];
}

/** What a request carries, as yet unchecked. */
export interface RawRequest {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  /** The versions that If-Match allows; null for any. */
  readonly expectedVersions?: readonly number[] | null;
  readonly userAgent?: string | null;
  /** By which every line about it is found again. */
  readonly requestId?: string | null;
  /** The network address that it came from; null on this machine. */
  readonly address?: string | null;
  /** As the caller sent it; null for none. */
  readonly idempotencyKey?: string | null;
}

/** An operation with its services: ready to be called. */
export interface Endpoint<O = unknown> {
  readonly spec: OperationSpec;
  readonly response: Response;
  /** Whether it takes a claimant: what it answers comes with the proof that the sign-in lives. */
  readonly takesClaimant: boolean;
  /** Whether its answers tell of which campaigns they are, so that they may be cached until one of those changes. */
  readonly cacheable: boolean;
  /**
   * Guards the request, runs the operation, presents what it answers. Public operations take any `viewer`.
   * @throws DomainError
   */
  handle(viewer: Viewer | null, request: RawRequest): Promise<Answer<O>>;
}

/** The request that a caller of the operation writes. */
export interface Request<P = unknown, Q = unknown, B = unknown> {
  readonly params?: P;
  readonly query?: Partial<Q>;
  readonly body?: B;
}

/** `I` is what a caller sends, `O` the body that it gets. */
export interface Operation<S, I = unknown, O = unknown> {
  readonly spec: OperationSpec;
  bind(services: S, cursors: Cursors): Endpoint<O>;
  /** Checks a request's type; the request itself is guarded when it is handled. */
  request(request: I): RawRequest;
}

interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly page: PageRequest;
  readonly expectedVersions: readonly number[] | null;
  readonly userAgent: string | null;
  readonly address: string | null;
}

interface Definition<P, Q, B, R, O> extends OperationSpec {
  readonly params?: Schema<P>;
  readonly query?: Schema<Q>;
  readonly body?: Schema<B>;
  readonly response: Response<R, O>;
}

interface PublicDefinition<S, P, Q, B, R, O> extends Definition<P, Q, B, R, O> {
  readonly access: { readonly public: true };
  run(services: S, input: Input<P, Q, B>): Promise<R>;
}

interface ActorDefinition<S, P, Q, B, R, O> extends Definition<P, Q, B, R, O> {
  readonly access: Exclude<Access, { readonly public: true }>;
  run(services: S, actor: Actor, input: Input<P, Q, B>): Promise<R>;
}

interface ReadDefinition<S, P, Q, R, O> extends Definition<P, Q, undefined, R, O> {
  readonly method: 'GET';
  readonly access: Exclude<Access, { readonly public: true }>;
  /**
   * Lets answers be cached: the campaigns whose changes end the answer's life. It may depend on these, on the viewer's
   * memberships and on the viewer alone. Without it no answer is cached.
   */
  readonly cachedBy?: (result: R, params: P) => readonly string[];
  run(services: S, viewer: Viewer, input: Input<P, Q, undefined>): Promise<R>;
}

/** An operation that changes something, or may, for whoever is known. */
export function operation<S, R, O, P = undefined, Q = undefined, B = undefined>(
  definition: ActorDefinition<S, P, Q, B, R, O>,
): Operation<S, Request<P, Q, B>, O> {
  return define(definition, false, (viewer) => {
    if (viewer === null || 'claims' in viewer) throw unauthenticated();
    expectScope(viewer, definition.access);
    return (services: S, input) => definition.run(services, viewer, input);
  });
}

/** An operation that only reads, for whoever is known. Everything that it reads of, it must read as the viewer. */
export function read<S, R, O, P = undefined, Q = undefined>(
  definition: ReadDefinition<S, P, Q, R, O>,
): Operation<S, Request<P, Q, undefined>, O> {
  const { cachedBy, ...rest } = definition;
  const admit: Admit<S, P, Q, undefined, R> = (viewer) => {
    if (viewer === null) throw unauthenticated();
    expectScope(viewer, definition.access);
    return (services, input) => definition.run(services, viewer, input);
  };
  return define(rest, true, admit, cachedBy);
}

function unauthenticated(): DomainError {
  return new DomainError('unauthenticated', 'Sign in first: this needs an access token.');
}

/** @throws DomainError `forbidden` for an API token that was not made for this */
export function expectScope(viewer: Viewer, access: Access): void {
  const { scopes } = claimedBy(viewer);
  if (scopes === null || 'anyScope' in access) return;
  if (!('scope' in access)) {
    throw new DomainError('forbidden', 'An API token may not do this. Log in and use the access token.');
  }
  if (!scopes.includes(access.scope)) {
    throw new DomainError('forbidden', `This API token lacks the scope ${access.scope}. Create one that has it.`);
  }
}

/** An operation for anybody. */
export function publicOperation<S, R, O, P = undefined, Q = undefined, B = undefined>(
  definition: PublicDefinition<S, P, Q, B, R, O>,
): Operation<S, Request<P, Q, B>, O> {
  return define(definition, false, () => (services: S, input) => definition.run(services, input));
}

/** @throws DomainError for a viewer who may not call it */
type Admit<S, P, Q, B, R> = (viewer: Viewer | null) => (services: S, input: Input<P, Q, B>) => Promise<R>;

function define<S, P, Q, B, R, O>(
  definition: Definition<P, Q, B, R, O>,
  takesClaimant: boolean,
  admit: Admit<S, P, Q, B, R>,
  cachedBy?: (result: R, params: P) => readonly string[],
): Operation<S, Request<P, Q, B>, O> {
  const { response, ...spec } = definition;
  return {
    spec,
    request: (request) => request,
    bind: (services, cursors) => ({
      spec,
      response,
      takesClaimant,
      cacheable: cachedBy !== undefined,
      handle: async (viewer, request) => {
        // First: whoever may not call learns nothing of what the operation takes.
        const run = admit(viewer);
        const params = checkParams(definition.params, request.params);
        const query = checked(definition.query, request.query);
        const body = checked(definition.body, request.body);
        const scope = (): string => cursorScope(spec.name, viewer, params, query);
        const result = await run(services, {
          params,
          query,
          body,
          page: pageRequest(query, scope, cursors),
          expectedVersions: request.expectedVersions ?? null,
          userAgent: request.userAgent ?? null,
          address: request.address ?? null,
        });
        const answer = response.answer(result, spec.status, (position) => cursors.encode(scope(), position));
        return cachedBy === undefined ? answer : { ...answer, campaigns: cachedBy(result, params) };
      },
    }),
  };
}
