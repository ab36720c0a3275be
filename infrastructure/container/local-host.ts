import type { HealthReport, LocalCore, LocalMigrations } from '../../adapters/cli/host.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import { type Config, readConfig } from '../config/config.ts';
import { makeDataFolder } from '../config/data-folder.ts';
import type { Env } from '../config/setting-reader.ts';
import { type Application, openApplication } from './application.ts';

/* What the command line asks of this machine (see adapters/cli/host.ts). */

export async function localDataFolder(env: Env): Promise<string> {
  const { dataFolder } = readConfig(env, 'command');
  await makeDataFolder(dataFolder);
  return dataFolder;
}

export async function openLocalCore(env: Env, version: string): Promise<LocalCore> {
  const { application, config } = await open(env, version);
  await expectMigrated(application, config);
  return application;
}

export async function openLocalMigrations(env: Env, version: string): Promise<LocalMigrations> {
  const { application } = await open(env, version);
  return { ...application.migrations, close: () => application.close() };
}

export async function checkLocalHealth(env: Env, version: string): Promise<HealthReport> {
  const begun = performance.now();
  const { application } = await open(env, version);
  try {
    const opened = performance.now();
    const readiness = await application.readiness();
    const asked = performance.now();
    return {
      readiness,
      checks: [
        { name: 'database', ok: readiness.database === 'connected', milliseconds: opened - begun },
        { name: 'migrations', ok: readiness.migrations === 'current', milliseconds: asked - opened },
        { name: 'cache', ok: readiness.cache !== 'degraded', milliseconds: 0 },
      ],
    };
  } finally {
    await application.close();
  }
}

async function open(env: Env, version: string): Promise<{ application: Application; config: Config }> {
  const config = readConfig(env, 'command');
  const application = await openApplication({
    // One command asks one thing after another: it needs no pool.
    config: { ...config, pool: { ...config.pool, min: 0, max: 2 } },
    logger: warningsOnly,
    name: `foundry ${process.pid}`,
    version,
  });
  return { application, config };
}

/** @throws DomainError `unavailable` when the database is another version's and not ours to migrate */
async function expectMigrated({ migrations, close }: Application, { migrateOnStart }: Config): Promise<void> {
  const status = await migrations.status();
  if (status.every(({ executedAt }) => executedAt !== null)) return;
  if (migrateOnStart) {
    await migrations.up();
    return;
  }
  await close();
  throw new DomainError('unavailable', 'The database lacks migrations. Run: foundry migrate up');
}

const warn = (_: string, { message }: LogFields = {}): void => {
  if (typeof message === 'string') process.stderr.write(`${message}\n`);
};
/** The command line speaks for itself; only what goes wrong beneath it is worth a line. */
const warningsOnly: Logger = { error: warn, warn, info: () => undefined, debug: () => undefined };
