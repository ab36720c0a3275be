import type pg from 'pg';

/**
 * A connection of the pool. The wait for one of an exhausted pool ends after `waitMs`: pg's `connectionTimeoutMillis`
 * means waiting and connecting alike, and connecting, say to a database that wakes up, may take longer than a caller
 * should queue.
 */
export async function connectInTime(pool: pg.Pool, waitMs: number): Promise<pg.PoolClient> {
  const isExhausted = pool.idleCount === 0 && pool.totalCount >= pool.options.max;
  const connecting = pool.connect();
  if (!isExhausted) return connecting;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error('timeout exceeded when trying to connect: all connections of the pool are in use'));
    // Nobody wants it any more: the next one in the queue gets it.
    connecting.then(
      (client) => {
        client.release();
      },
      () => undefined,
    );
  }, waitMs);
  try {
    return await Promise.race([connecting, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
