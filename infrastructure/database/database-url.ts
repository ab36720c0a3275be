import type pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { ConfigError } from '../config/config-error.ts';

/** Where the database should be, and what to look at where it is not; for people, and without the password. */
export interface DatabasePlace {
  readonly name: string;
  readonly advice: string;
}

/** By these, as by psql, the environment completes a URL that leaves something out. */
const COMPLETING = [
  ...['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE', 'PGOPTIONS', 'PGCLIENT_ENCODING', 'PGREPLICATION'],
  ...['PGSSLMODE', 'PGSSLNEGOTIATION'],
] as const;

/** A URL as pg itself understands it: MikroORM knows no IPv6 address, no `?host=` and no `sslmode`. */
export function parseDatabaseUrl(url: string): pg.ClientConfig {
  const { host, port, user, password, database, options, ssl } = parseIntoClientConfig(url);
  // What is left out must not hide what the environment has for it.
  return {
    ...(host && { host }),
    ...(port && { port }),
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
    ...(options && { options }),
    ...(ssl !== undefined && { ssl }),
  };
}

/** Where a URL leads, without its password. @throws ConfigError when it names a file that cannot be read */
export function placeOfUrl(
  url: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): DatabasePlace {
  let parsed: pg.ClientConfig;
  try {
    parsed = parseDatabaseUrl(url);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    const file = error instanceof Error && 'path' in error ? `, ${String(error.path)},` : '';
    throw new ConfigError([`DATABASE_URL names a file${file} that cannot be read${code}. Correct its path.`]);
  }
  const host = parsed.host ?? env.PGHOST ?? 'localhost';
  const port = parsed.port ?? env.PGPORT ?? 5432;
  const where = host.startsWith('/')
    ? `${host}/.s.PGSQL.${port}`
    : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const others = COMPLETING.filter((name) => (env[name] ?? '') !== '');
  const also =
    others.length === 0
      ? ''
      : ` (${others.join(', ')} of the environment ${others.length === 1 ? 'counts' : 'count'} as well)`;
  return {
    name: `PostgreSQL at ${where}, database ${parsed.database ?? env.PGDATABASE ?? ''}`,
    advice: `Check DATABASE_URL${also} and that PostgreSQL runs; then try again.`,
  };
}
