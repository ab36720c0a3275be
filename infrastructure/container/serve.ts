import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerCache } from '../../adapters/http/cached-answer.ts';
import { makePeerAddress } from '../../adapters/http/client-address.ts';
import { makeHttpApp } from '../../adapters/http/http-app.ts';
import { type HttpServer, startHttpServer } from '../../adapters/http/http-server.ts';
import type { ServeOptions } from '../../adapters/cli/host.ts';
import type { Logger } from '../../core/shared/logger.ts';
import type { RateLimiter } from '../../core/shared/rate-limiter.ts';
import type { SecurityEvent } from '../../core/shared/security-event.ts';
import { type Config, readConfig } from '../config/config.ts';
import type { Env } from '../config/setting-reader.ts';
import { SERVER_NAME } from '../database/expect-no-server.ts';
import { SERVER_BACKOFF } from '../database/first-connection.ts';
import { makeLogger } from '../logging/winston-logger.ts';
import { type Application, openApplication } from './application.ts';
import { makeLimits } from './limits.ts';

interface ServeInput {
  readonly env: Env;
  readonly version: string;
  readonly options: ServeOptions;
  readonly stdout: NodeJS.WriteStream;
  /** Resolves when the process is told to stop. */
  readonly stop: Promise<string>;
}

/**
 * The API, from the configuration to the last request: opens the database, migrates where that is wanted, listens,
 * and when told to stop lets what is in flight end.
 */
export async function serve({ env, version, options, stdout, stop }: ServeInput): Promise<void> {
  const config = { ...readConfig(env, 'serve'), ...options };
  const logger = makeLogger({
    level: config.logLevel,
    pretty: stdout.isTTY,
    stream: stdout,
    secrets: secretsOf(config),
  });
  logger.info('sys_startup' satisfies SecurityEvent, { message: 'Starting', version });
  const application = await openApplication({
    config,
    logger,
    name: `${SERVER_NAME}${process.pid}`,
    version,
    backoff: SERVER_BACKOFF,
  });
  try {
    if (options.migrate ?? config.migrateOnStart) await migrate(application, logger);
    application.door.open = false;
    const server = await listen(application, {
      config,
      logger,
      version,
      limiter: await makeLimits(config, application.redis),
      cache: await application.openCache(),
    });
    application.door.open = true;
    await welcome(application, server, logger);
    const signal = await stop;
    application.door.open = false;
    await drain(config, logger);
    logger.info('server_stopping', { message: 'Stopping: no new requests, those in flight may end', signal });
    await server.stop();
  } finally {
    await application.close();
  }
  logger.info('sys_shutdown' satisfies SecurityEvent, { message: 'Stopped' });
}

/** Requests are served as before, until whoever sends them has seen that they are not wanted here any more. */
async function drain({ shutdownGraceMs }: Config, logger: Logger): Promise<void> {
  if (shutdownGraceMs === 0) return;
  const seconds = shutdownGraceMs / 1000;
  logger.info('server_draining', {
    message: `Not ready any more; requests are served for ${seconds} s before it stops`,
  });
  await sleep(shutdownGraceMs);
}

/** Those that the configuration names, wherever they turn up. */
function secretsOf({ jwtSecret, jwtSecretPrevious, databaseUrl, redisUrl }: Config): readonly string[] {
  const passwords = [databaseUrl, redisUrl].map((url) => url && decodeURIComponent(new URL(url).password));
  return [jwtSecret, jwtSecretPrevious, ...passwords].filter((secret) => secret !== null);
}

async function migrate({ migrations }: Application, logger: Logger): Promise<void> {
  const applied = await migrations.up();
  if (applied.length > 0) logger.info('database_migrated', { message: 'The database is up to date', applied });
}

interface ListenOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly version: string;
  readonly limiter: RateLimiter | null;
  readonly cache: AnswerCache | null;
}

function listen(
  { endpoints, authenticate, identify, readAccessToken }: Application,
  { config, logger, version, limiter, cache }: ListenOptions,
): Promise<HttpServer> {
  const app = makeHttpApp({
    endpoints,
    authenticate,
    identify,
    readAccessToken,
    logger,
    newRequestId: randomUUID,
    corsOrigins: config.corsOrigins,
    trustedProxies: config.trustedProxies,
    limiter,
    cache,
    production: config.production,
    version,
  });
  const { host, port, rateLimit, trustedProxies } = config;
  return startHttpServer(app, { host, port, ...(rateLimit && { addressOf: makePeerAddress(trustedProxies) }) });
}

async function welcome(application: Application, { url }: HttpServer, logger: Logger): Promise<void> {
  logger.info('data_place', { message: `Your data is in ${application.place}` });
  const { database, migrations } = await application.readiness();
  if (migrations === 'pending') {
    logger.warn('migrations_pending', { message: 'The database lacks migrations. Run: foundry migrate up' });
  }
  if (database === 'away') logger.warn('database_away', { message: 'The database does not answer yet' });
  logger.info('server_ready', { message: `Lazy Foundry is ready at ${url}`, url });
  const demo =
    migrations === 'current' && (await hasNobody(application)) ? '"npx foundry demo" in another terminal, or ' : '';
  logger.info('next_step', { message: `What next: ${demo}see ${url}/docs` });
}

/** Whoever has an account has found the way. */
async function hasNobody({ users }: Application): Promise<boolean> {
  const { items } = await users.queries.list({ limit: 1, after: null });
  return items.length === 0;
}
