import { type AnswerCache, type CachedAnswer, cachedAnswers } from '../../adapters/http/cached-answer.ts';
import type { Clock } from '../../core/shared/clock.ts';
import { makeCache } from '../cache/cache.ts';
import { makeMemoryEntries } from '../cache/memory-entries.ts';
import { makeRedisEntries } from '../cache/redis-entries.ts';
import { makeTagVersions } from '../cache/tag-versions.ts';
import type { Config } from '../config/config.ts';
import { LONGEST_LIFE } from '../database/change-feed/change-feed.ts';
import type { Database } from '../database/database.ts';
import type { Redis } from './redis.ts';

interface Deps {
  readonly config: Pick<Config, 'cache'>;
  readonly redis: Redis;
  readonly feed: Database['feed'];
  readonly clock: Clock;
}

/** The server's alone: no command runs for long enough to ask twice. Null where switched off. */
export async function makeAnswerCache({ config, redis, feed, clock }: Deps): Promise<AnswerCache | null> {
  if (!config.cache) return null;
  const shared = await redis.connection();
  const versions = makeTagVersions(2 * LONGEST_LIFE);
  const entries =
    shared === null
      ? makeMemoryEntries(({ body }: CachedAnswer) => body.length)
      : makeRedisEntries({ redis: shared, ...cachedAnswers, longestMs: LONGEST_LIFE });
  feed.hold({
    changed: (change, tags) => {
      versions.add(change, tags);
    },
    restarted: () => {
      versions.restart();
      entries.restart();
    },
  });
  return makeCache({ entries, versions, isFresh: () => feed.isFresh(), clock, longestMs: LONGEST_LIFE });
}
