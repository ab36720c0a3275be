import type { Logger } from '../../core/shared/logger.ts';
import type { Readiness } from '../../core/shared/readiness.ts';
import type { Config } from '../config/config.ts';
import type { RedisStore } from '../limits/redis-store.ts';
import { type Feature, LOGGER, token } from './binder.ts';
import { CONFIG } from './shared.ts';

/** The one connection to Redis that a process has: what shares something by Redis takes it from here. */
export interface Redis {
  /** Null where none is configured. Loads the client and connects when it is first asked for: commands need none. */
  store(): Promise<RedisStore | null>;
  /** Where what could be shared is kept; `degraded` where Redis is configured and does not answer. Asks it. */
  state(): Promise<Readiness['cache']>;
  close(): Promise<void>;
}

export const REDIS = token<Redis>('redis');

export const redis: Feature = {
  rows: [],
  register: ({ provide }) => {
    provide(REDIS, { config: CONFIG, logger: LOGGER }, makeRedis);
  },
};

interface Deps {
  readonly config: Pick<Config, 'redisUrl'>;
  readonly logger: Pick<Logger, 'warn'>;
}

function makeRedis({ config: { redisUrl: url }, logger }: Deps): Redis {
  let opened: Promise<RedisStore> | null = null;
  const warn: Logger['warn'] = (event, fields) => {
    logger.warn(event, fields);
  };
  const connection: Redis = {
    store: async () => {
      if (url === null) return null;
      opened ??= import('../limits/redis-store.ts').then(({ openRedisStore }) => openRedisStore({ url, warn }));
      return opened;
    },
    state: async () => {
      const store = await connection.store();
      if (store === null) return 'memory';
      return (await store.answers()) ? 'redis' : 'degraded';
    },
    close: async () => {
      (await opened)?.close();
    },
  };
  return connection;
}
