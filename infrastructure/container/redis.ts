import type { Logger } from '../../core/shared/logger.ts';
import type { Readiness } from '../../core/shared/readiness.ts';
import type { Config } from '../config/config.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import { type Feature, LOGGER, token } from './binder.ts';
import { CONFIG } from './shared.ts';

/** The one connection to Redis that a process has: what shares something by Redis takes it from here. */
export interface Redis {
  /** Null where none is configured. Loads the client and connects when it is first asked for: commands need none. */
  connection(): Promise<RedisConnection | null>;
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
  let opened: Promise<RedisConnection> | null = null;
  const warn: Logger['warn'] = (event, fields) => {
    logger.warn(event, fields);
  };
  const one: Redis = {
    connection: async () => {
      if (url === null) return null;
      opened ??= import('../redis/redis-connection.ts').then(({ openRedisConnection }) =>
        openRedisConnection({ url, warn }),
      );
      return opened;
    },
    state: async () => {
      const connection = await one.connection();
      if (connection === null) return 'memory';
      return (await connection.answers()) ? 'redis' : 'degraded';
    },
    close: async () => {
      (await opened)?.close();
    },
  };
  return one;
}
