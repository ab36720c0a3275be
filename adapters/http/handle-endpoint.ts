import type { RouterContext } from '@koa/router';
import { claimedBy } from '../../core/shared/actor.ts';
import type { Endpoint } from '../operations/operation.ts';
import type { Answer } from '../operations/response.ts';
import { type Authentication, authenticateCaller, identifyCaller } from './authenticate-caller.ts';
import { cacheAnswers } from './cache-answers.ts';
import type { AnswerCache } from './cached-answer.ts';
import { versionsOf } from './entity-tags.ts';
import type { HttpState } from './http-context.ts';
import type { RateLimits } from './limit-rate.ts';
import { presentAnswer } from './present-answer.ts';
import { MAX_STRANGERS_BYTES, readBody } from './read-body.ts';
import { makeReadQuery } from './read-query.ts';
import type { Serialize } from './serializer.ts';

type Handle = (ctx: RouterContext<HttpState, object>) => Promise<void>;

const READING = new Set(['GET', 'HEAD']);

/**
 * What an operation does with a request: identify, read, authenticate, run, present. The guards are the operation's own.
 * Who is let in is asked last: a body may take a minute to come, in which its sender is suspended or signs out everywhere.
 */
export function handleEndpoint(
  endpoint: Endpoint,
  authentication: Authentication,
  serialize: Serialize,
  limits: RateLimits,
  cache: AnswerCache | null,
): Handle {
  const { spec, takesClaimant } = endpoint;
  const isPublic = 'public' in spec.access;
  const readQuery = spec.query && makeReadQuery(spec.query);
  const answerCached = cacheAnswers(endpoint, serialize, cache);
  return async function handleEndpoint(ctx) {
    ctx.state.route = spec.path;
    if (spec.limit !== undefined) await limits.limitMore(ctx, spec.limit);
    const named = isPublic ? null : await identifyCaller(ctx, authentication.identify);
    if (named !== null) {
      ctx.state.userId = claimedBy(named).userId;
      await limits.limitUser(ctx);
    }
    const body = spec.body && (await readBody(ctx.req, isPublic ? MAX_STRANGERS_BYTES : undefined));
    const viewer = named === null || takesClaimant ? named : await authenticateCaller(ctx, authentication.authenticate);
    ctx.state.isProven = viewer !== null && !takesClaimant;
    const answer = async (): Promise<Answer> =>
      endpoint.handle(viewer, {
        params: ctx.params,
        query: readQuery?.(ctx.querystring),
        body,
        expectedVersions: READING.has(ctx.method) ? null : versionsOf(ctx.req.headers),
        userAgent: ctx.req.headers['user-agent'] ?? null,
        requestId: ctx.state.requestId,
        address: ctx.state.address,
        idempotencyKey: idempotencyKeyOf(ctx.req.headers['idempotency-key']),
      });
    if (answerCached === null || viewer === null) presentAnswer(ctx, await answer(), serialize);
    else {
      const cached = await answerCached(ctx, viewer, answer);
      presentAnswer(ctx, cached, () => cached.body);
    }
    ctx.state.isProven = viewer !== null;
  };
}

/** Node joins a header that is sent twice by a comma: whichever was meant, it is then another key. */
function idempotencyKeyOf(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'object' ? header.join(', ') : (header ?? null);
}
