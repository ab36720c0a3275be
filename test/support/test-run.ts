import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedDatabaseFolder } from '../../infrastructure/database/embedded/embedded-database.ts';

const VARIABLE = 'FOUNDRY_TEST_RUN';

/** The folder that all processes of this run share: their PostgreSQL, their compiled code, and what they tell each other. */
export function runFolder(): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error('Tests are run by mocha with its configuration, .mocharc.json.');
  return folder;
}

/**
 * Where every process that a test starts keeps its compiled code, whatever its home is: compiling it anew takes
 * several times as long as all else that most of them do.
 */
export function cacheFolder(): string {
  return join(runFolder(), 'cache');
}

/** The processes that mocha starts after this inherit the name of the folder. */
export async function makeRunFolder(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lazy-foundry-test-'));
  // Where root runs the tests, the account that runs PostgreSQL must be able to get through.
  await chmod(folder, 0o755);
  process.env[VARIABLE] = folder;
}

/** Whether any test asked for PostgreSQL. */
export function runHasCluster(): boolean {
  return existsSync(embeddedDatabaseFolder(runFolder()));
}

export async function removeRunFolder(): Promise<void> {
  await rm(runFolder(), { recursive: true, force: true });
}
