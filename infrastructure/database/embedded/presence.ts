import { Socket } from 'node:net';
import type { Client } from 'pg';
import { clusterUser } from './create-cluster.ts';
import type { Postmaster } from './postmaster.ts';

/** The idle connection by which PostgreSQL knows that this process is here. It does not keep the process alive. */
export interface Presence {
  /** Asks something by way of it; until the answer comes, it does keep the process alive. */
  ask<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Resolves when the connection ends, whoever ends it. */
  readonly ended: Promise<void>;
}

/** Presences are told from other connections by the beginning of their application_name. */
const mark = 'lazy-foundry-presence:';

/** The name of this process's presence: unique, and it tells an admin who it is. */
export function presenceName(applicationName: string): string {
  const unique = `${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  // PostgreSQL cuts names after 63 bytes and replaces what is not ASCII.
  const readable = applicationName.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 62 - mark.length - unique.length);
  return `${mark}${unique}:${readable}`;
}

/** Connects to the maintenance database, so that the others can be dropped or cloned while processes are present. */
export async function connectPresence({ socketFolder, port }: Postmaster, name: string): Promise<Presence> {
  const { Client } = await import('pg');
  const socket = new Socket();
  const client = new Client({
    host: socketFolder,
    port,
    user: clusterUser,
    database: 'postgres',
    application_name: name,
    connectionTimeoutMillis: 5000,
    options: '-c idle_session_timeout=0',
    // PGSSLMODE is for other servers: a unix socket has no TLS.
    ssl: false,
    stream: () => socket,
  });
  const ended = new Promise<void>((resolve) => {
    client.once('end', resolve);
  });
  // An error always ends the connection; without a listener it would end the process as well.
  client.on('error', () => undefined);
  const ask = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    socket.ref();
    try {
      return await work(client);
    } finally {
      socket.unref();
    }
  };
  try {
    await ask(() => client.connect());
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { ask, ended };
}

/** Whether it still works; the end of a connection is learned late when the server was killed. */
export async function answers({ ask }: Presence): Promise<boolean> {
  return ask((client) => client.query('select 1')).then(
    () => true,
    () => false,
  );
}

export async function closePresence({ ask }: Presence): Promise<void> {
  await ask((client) => client.end());
}

/** Makes the database where it is missing. Call under the lock. */
export async function ensureDatabase({ ask }: Presence, database: string): Promise<void> {
  await ask(async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  });
}

interface Company {
  /** Other processes that joined. */
  readonly members: number;
  /** Connections of anyone else: a psql, or pools that were closed just now. */
  readonly guests: number;
}

/** Counts who else is connected; the connections named as one's own application do not count, being about to vanish. */
export async function countCompany({ ask }: Presence, applicationName: string): Promise<Company> {
  const { rows } = await ask((client) =>
    client.query<{ members: number; guests: number }>(
      `select count(*) filter (where starts_with(application_name, $1))::int as members,
            count(*) filter (where not starts_with(application_name, $1) and application_name <> $2)::int as guests
       from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      [mark, applicationName],
    ),
  );
  return rows[0] ?? { members: 0, guests: 0 };
}
