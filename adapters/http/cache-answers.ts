import { type Viewer, claimedBy } from '../../core/shared/actor.ts';
import type { Loaded } from '../../core/shared/cache.ts';
import { type Endpoint, expectScope } from '../operations/operation.ts';
import type { Answer } from '../operations/response.ts';
import { type AnswerCache, type CachedAnswer, bytesOf } from './cached-answer.ts';
import type { HttpContext } from './http-context.ts';
import type { Serialize } from './serializer.ts';

/** Milliseconds after which an answer is forgotten, come what may. */
const LIFETIME = 5000;
/** Of a path with its query. Longer ones are rare, and would only fill the memory. */
const LONGEST_URL = 1024;
/** Bytes; the cache's stores have bounds of their own. */
const LONGEST_BODY = 256 * 1024;

/** Answers with a body that is JSON already, in bytes. */
type AnswerCached = (
  ctx: HttpContext,
  viewer: Viewer,
  answer: () => Promise<Answer>,
) => Promise<CachedAnswer & Pick<Answer, 'location'>>;

/**
 * Answers a read from the cache, or caches what it answers; null for an endpoint whose answers are not cached. That the
 * sign-in lives was proven when the answer was loaded, and its end would have ended the answer.
 */
export function cacheAnswers(endpoint: Endpoint, serialize: Serialize, cache: AnswerCache | null): AnswerCached | null {
  if (cache === null || !endpoint.cacheable) return null;
  const { access } = endpoint.spec;
  return async (ctx, viewer, answer) => {
    // A token's scopes are looked up at each request, and what they forbid is not in the answer.
    expectScope(viewer, access);
    const key = keyOf(ctx, viewer);
    const load = async (): Promise<Loaded<CachedAnswer>> => {
      const loaded = await answer();
      const { status, etag, next } = loaded;
      const value = { status, body: bytesOf(serialize(loaded.body)), etag, next };
      return { value, tags: value.body.length > LONGEST_BODY ? null : tagsOf(loaded, viewer) };
    };
    const cached = key === null ? (await load()).value : await cache.wrap(key, LIFETIME, load);
    return { ...cached, location: null };
  };
}

/** The path tells the operation, and what it is asked; null for a page that hardly anybody asks for twice. */
function keyOf({ path, querystring }: HttpContext, viewer: Viewer): string | null {
  const { userId, signInId } = claimedBy(viewer);
  if (path.length + querystring.length > LONGEST_URL || /(?:^|&)cursor=/.test(querystring)) return null;
  return `${userId} ${signInId ?? 'token'} ${path}?${querystring}`;
}

/** None where the operation does not tell what the answer depends on. */
function tagsOf({ status, campaigns }: Answer, viewer: Viewer): readonly string[] | null {
  if (status !== 200 || campaigns === undefined) return null;
  return [`user:${claimedBy(viewer).userId}`, ...campaigns.map((id) => `campaign:${id}`)];
}
