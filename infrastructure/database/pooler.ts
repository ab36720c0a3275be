import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/**
 * What stands between this program and PostgreSQL. One that pools sessions is as good as none. One that pools
 * transactions keeps prepared statements apart, or loses them, as PgBouncer does before 1.21. One that pools statements
 * has no transactions.
 */
export type Pooling = 'none' | 'transactions' | 'transactions-unprepared' | 'statements';

interface Connections {
  /** The first, and another one beside it. */
  readonly connect: () => Promise<pg.PoolClient>;
  readonly newClient: () => pg.Client;
}

/** Rounds in which a pooler of transactions may, by chance, give each connection what it had before. */
const ROUNDS = 5;

/** Finds out by what happens: a pooler does not tell its name. */
export async function findPooling({ connect, newClient }: Connections): Promise<Pooling> {
  const client = await connect();
  try {
    const backend = await backendOf(client);
    // PostgreSQL tells the process that serves a connection when that begins; a pooler makes a number up.
    if (!('processID' in client) || client.processID === backend) return 'none';
    if (!(await shareBackends(client, newClient()))) return 'none';
    return await poolingOf(client);
  } finally {
    client.release();
  }
}

async function backendOf(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}

/** A session has its backend to itself, and keeps it. */
async function shareBackends(one: pg.ClientBase, other: pg.Client): Promise<boolean> {
  await other.connect();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await backendOf(one);
      const after = await backendOf(one);
      if (before !== after || after === (await backendOf(other))) return true;
    }
    return false;
  } finally {
    await other.end();
  }
}

/** Where PostgreSQL knows a statement by the name that this client gave it, another client's of that name is in its way. */
async function poolingOf(client: pg.ClientBase): Promise<Exclude<Pooling, 'none'>> {
  const name = `probe-${randomUUID()}`;
  try {
    await client.query('begin');
  } catch {
    return 'statements';
  }
  try {
    await client.query({ name, text: 'select 1' });
    const { rowCount } = await client.query('select from pg_prepared_statements where name = $1', [name]);
    return rowCount === 0 ? 'transactions' : 'transactions-unprepared';
  } finally {
    await client.query('rollback');
  }
}

/** What PgBouncer's own database answers, to users who may ask it; null from everybody else. */
export async function pgBouncerVersion(console: pg.Client): Promise<string | null> {
  try {
    await console.connect();
    const { rows } = await console.query<{ version: string }>('show version');
    return /^PgBouncer ([\d.]+)/.exec(rows[0]?.version ?? '')?.[1] ?? null;
  } catch {
    return null;
  } finally {
    await console.end().catch(() => undefined);
  }
}
