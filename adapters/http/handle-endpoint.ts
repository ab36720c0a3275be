import { type RouterContext } from '@koa/router';
import { type Authenticate } from '../../core/auth/authenticate.ts';
import { type Endpoint } from '../operations/operation.ts';
import { authenticateCaller } from './authenticate-caller.ts';
import { versionsOf } from './entity-tags.ts';
import { type HttpState } from './http-context.ts';
import { presentAnswer } from './present-answer.ts';
import { readBody } from './read-body.ts';
import { makeReadQuery } from './read-query.ts';
import { type Serialize } from './serializer.ts';

type Handle = (ctx: RouterContext<HttpState, object>) => Promise<void>;

const CHANGING = new Set(['PATCH', 'PUT', 'DELETE']);

/** What an operation does with a request: authenticate, read, run, present. The guards are the operation's own. */
export function handleEndpoint(endpoint: Endpoint, authenticate: Authenticate, serialize: Serialize): Handle {
  const { spec } = endpoint;
  const isPublic = 'public' in spec.access;
  const readQuery = spec.query && makeReadQuery(spec.query);
  return async function handleEndpoint(ctx) {
    ctx.state.route = spec.path;
    const actor = isPublic ? null : await authenticateCaller(ctx, authenticate);
    const answer = await endpoint.handle(actor, {
      params: ctx.params,
      query: readQuery?.(ctx.query),
      body: spec.body && (await readBody(ctx.req)),
      expectedVersions: CHANGING.has(ctx.method) ? versionsOf(ctx.req.headers['if-match']) : null,
      userAgent: ctx.req.headers['user-agent'] ?? null,
    });
    presentAnswer(ctx, answer, serialize);
  };
}
