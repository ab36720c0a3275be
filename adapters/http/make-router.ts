import { Router } from '@koa/router';
import type { Endpoint } from '../operations/operation.ts';
import { BODY_TYPE } from './allowed-methods.ts';
import type { Authentication } from './authenticate-caller.ts';
import type { AnswerCache } from './cached-answer.ts';
import { DOCS_PATHS, serveDocs } from './docs-page.ts';
import { handleEndpoint } from './handle-endpoint.ts';
import type { HttpMiddleware, HttpState } from './http-context.ts';
import { HttpFault } from './http-fault.ts';
import type { RateLimits } from './limit-rate.ts';
import { makeSerializers } from './serializer.ts';

const DOCUMENT_PATH = '/api/openapi.json';

/** A route for each method of each endpoint, and some for the document that describes them. */
export function makeRouter(
  endpoints: readonly Endpoint[],
  authentication: Authentication,
  limits: RateLimits,
  document: Buffer,
  cache: AnswerCache | null = null,
): Router<HttpState, object> {
  const router = new Router<HttpState, object>({ exclusive: 'specificity', strict: true, sensitive: true });
  const serializerOf = makeSerializers();
  for (const endpoint of endpoints) {
    const { method, alsoMethod, path } = endpoint.spec;
    const handle = handleEndpoint(endpoint, authentication, serializerOf(endpoint.response), limits, cache);
    router.register(path, alsoMethod === undefined ? [method] : [method, alsoMethod], handle);
  }
  router.get(DOCUMENT_PATH, function serveDocument(ctx) {
    ctx.state.route = DOCUMENT_PATH;
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.body = document;
  });
  const docs = serveDocs();
  for (const path of DOCS_PATHS) router.get(path, docs);
  return router;
}

/** Answers what no route took: OPTIONS with what a path allows, another method with 405, an unknown path with 404. */
export function refuseUnrouted(router: Router<HttpState, object>): HttpMiddleware {
  return function refuseUnrouted(ctx) {
    const [layer, ...others] = router.match(ctx.path, ctx.method).path;
    if (layer === undefined) throw new HttpFault('no_such_route', 'There is no such route. See /api/openapi.json.');
    ctx.state.route = String(layer.path);
    const methods = [layer, ...others].flatMap((each) => each.methods);
    const Allow = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
    if (ctx.method !== 'OPTIONS') {
      throw new HttpFault('method_not_allowed', `This path allows ${Allow}.`, { headers: { Allow } });
    }
    ctx.status = 204;
    ctx.set('Allow', Allow);
    if (methods.includes('PATCH')) ctx.set('Accept-Patch', BODY_TYPE);
    return Promise.resolve();
  };
}
