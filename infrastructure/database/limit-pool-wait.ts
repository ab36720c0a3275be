import type pg from 'pg';

/**
 * Ends the wait for a connection of an exhausted pool after `waitMs`. pg's `connectionTimeoutMillis` means waiting and
 * connecting alike; connecting, say to a database that wakes up, may take longer than a caller should queue.
 */
export function limitPoolWait(pool: pg.Pool, waitMs: number): void {
  const connect = pool.connect.bind(pool);
  const isExhausted = (): boolean => pool.idleCount === 0 && pool.totalCount >= pool.options.max;
  Object.assign(pool, {
    connect: (callback?: Parameters<typeof connect>[0]) => {
      if (callback !== undefined) {
        connect(callback);
        return undefined;
      }
      return isExhausted() ? atMost(connect(), waitMs) : connect();
    },
  });
}

async function atMost(waiting: Promise<pg.PoolClient>, waitMs: number): Promise<pg.PoolClient> {
  const { promise, resolve, reject } = Promise.withResolvers<pg.PoolClient>();
  let gaveUp = false;
  const timer = setTimeout(() => {
    gaveUp = true;
    reject(new Error('timeout exceeded when trying to connect: all connections of the pool are in use'));
  }, waitMs);
  waiting.then(
    (client) => {
      // Nobody wants it any more: the next one in the queue gets it.
      if (gaveUp) client.release();
      else resolve(client);
    },
    (error: unknown) => {
      reject(error instanceof Error ? error : new Error(String(error)));
    },
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
