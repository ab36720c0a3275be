import type { Answer } from '../operations/response.ts';
import { namesTag } from './entity-tags.ts';
import type { HttpContext } from './http-context.ts';

/** Characters. What is longer is encoded here, once: node would count its bytes first, and encode it then. */
const LONG = 4096;

/** Writes an operation's answer. */
export function presentAnswer(ctx: HttpContext, answer: Answer, serialize: (body: unknown) => string | Buffer): void {
  const { status, body, etag, location, next } = answer;
  const reads = ctx.method === 'GET' || ctx.method === 'HEAD';
  if (etag !== null && reads && namesTag(ctx.get('If-None-Match'), etag)) {
    ctx.status = 304;
    ctx.set('ETag', `"${etag}"`);
    return;
  }
  // First what can fail, so that an error's answer does not carry the headers of this one.
  const json = body === undefined ? null : serialize(body);
  ctx.status = status;
  if (etag !== null) ctx.set('ETag', `"${etag}"`);
  if (location !== null && status === 201) ctx.set('Location', location);
  if (answer.replayed === true) ctx.set('Idempotency-Replayed', 'true');
  if (next !== null) ctx.set('Link', `<${nextPage(ctx, next)}>; rel="next"`);
  if (json === null) return;
  ctx.set('Content-Type', 'application/json; charset=utf-8');
  ctx.body = typeof json === 'string' && json.length > LONG ? Buffer.from(json) : json;
}

/** Without a cursor, and with nothing that would have to be written in another way. */
const PLAIN_QUERY = /^(?!.*cursor)[\w=&.-]*$/;

/** The same list from the cursor on. Relative, as a proxy in front of us knows our host's name better. */
function nextPage({ path, querystring }: HttpContext, cursor: string): string {
  if (PLAIN_QUERY.test(querystring)) return `${path}?${querystring === '' ? '' : `${querystring}&`}cursor=${cursor}`;
  const parameters = new URLSearchParams(querystring);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}
