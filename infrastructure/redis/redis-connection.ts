import { createClient } from 'redis';
import type { LogFields } from '../../core/shared/logger.ts';

/** A Redis that is asked only while it answers, as the rate limits and the cache need it. */
export interface RedisConnection {
  /** False while there is no connection, and for a moment after Redis did not answer in time. */
  readonly isReady: boolean;
  /** Runs a script. @throws Error when Redis fails, or takes longer than a request may wait for it */
  eval(script: string, options: EvalOptions): Promise<unknown>;
  /** As eval. */
  get(key: string): Promise<string | null>;
  /** As eval. Redis forgets it after `ttlMs`. */
  set(key: string, text: string, ttlMs: number): Promise<unknown>;
  /** Whether it answers now, or as soon as the first connection stands. Never throws. */
  answers(): Promise<boolean>;
  close(): void;
}

interface EvalOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

interface RedisOptions {
  readonly url: string;
  readonly warn: (event: string, fields: LogFields) => void;
}

/** Milliseconds. */
const ANSWER = 100;
const PAUSE = 1000;
const CONNECT = 2000;
const LONGEST_RECONNECT_DELAY = 2000;

/** Connects in the background, and again whenever the connection is lost: a Redis that is away delays nothing. */
export function openRedisConnection({ url, warn }: RedisOptions): RedisConnection {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, LONGEST_RECONNECT_DELAY),
    },
  });
  let isAway = false;
  let pausedUntil = 0;
  const tellAway = (error: unknown): void => {
    if (!isAway)
      warn('redis_away', {
        message: 'Redis does not answer: rate limits are counted here, and answers come from the database',
        code: nameOf(error),
      });
    isAway = true;
  };
  const begun = new Promise<void>((resolve) => {
    for (const outcome of ['ready', 'error']) client.once(outcome, resolve);
  });
  client.on('error', tellAway);
  client.connect().catch(tellAway);
  const isReady = (): boolean => client.isReady && performance.now() >= pausedUntil;
  const ask = async <T>(command: () => Promise<T>): Promise<T> => {
    // After a silence one request asks whether Redis is back, and the others do not wait for the answer.
    if (isAway) pausedUntil = performance.now() + PAUSE;
    try {
      const result = await withinTime(command());
      if (isAway) warn('redis_back', { message: 'Redis answers again: rate limits and cached answers are shared' });
      isAway = false;
      pausedUntil = 0;
      return result;
    } catch (error) {
      tellAway(error);
      pausedUntil = performance.now() + PAUSE;
      throw error;
    }
  };
  return {
    get isReady() {
      return isReady();
    },
    eval: (script, options) => ask(() => client.eval(script, options)),
    get: (key) => ask(() => client.get(key)),
    set: (key, text, ttlMs) => ask(() => client.set(key, text, { expiration: { type: 'PX', value: ttlMs } })),
    answers: async () => {
      try {
        await withinTime(begun);
        return isReady() && (await ask(() => client.ping())) === 'PONG';
      } catch {
        return false;
      }
    },
    close: () => {
      client.destroy();
    },
  };
}

/** The client's own timeout ends when a command is written, and does not see a Redis that took it and stands still. */
function withinTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(Object.assign(new Error(`Redis did not answer within ${ANSWER} ms.`), { code: 'ETIMEDOUT' }));
    }, ANSWER);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** What went wrong by its code or first word, such as ECONNREFUSED or WRONGPASS: never what may hold the URL. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{4,}\b/.exec(error.message)?.[0] ?? error.constructor.name;
}
