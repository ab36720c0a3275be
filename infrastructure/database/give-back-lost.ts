import type pg from 'pg';

/**
 * Gives a connection back to the pool when it is lost while it is lent. When PostgreSQL goes away in the middle of a
 * transaction, the rollback fails too, and Kysely (0.29), by which migrations run, then never gives the connection back:
 * the pool would be empty for good after as many losses as it has places.
 */
export function giveBackLost(pool: pg.Pool): void {
  const lent = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => {
    lent.add(client);
  });
  pool.on('release', (_, client) => {
    lent.delete(client);
  });
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (!lent.has(client)) return;
      client.release(true);
      // Whoever has it may still give it back; once is enough.
      Object.assign(client, { release: () => undefined });
    });
  });
}
