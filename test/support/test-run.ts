import { existsSync, readFileSync, rmSync } from 'node:fs';
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

/** At Ctrl+C mocha ends its processes, then by a second signal itself, and tears nothing down. */
export function tidyUpWhenInterrupted(): void {
  process.once('SIGINT', () => {
    process.once('exit', abandonRun).once('SIGINT', () => process.exit(130));
  });
}

function abandonRun(): void {
  const file = join(embeddedDatabaseFolder(runFolder()), 'postmaster.pid');
  if (existsSync(file)) endAtOnce(Number.parseInt(readFileSync(file, 'utf8'), 10));
  rmSync(runFolder(), { recursive: true, force: true });
}

/** PostgreSQL would write into the folder that is being removed. */
function endAtOnce(postmaster: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  try {
    process.kill(postmaster, 'SIGQUIT');
    for (let tries = 0; tries < 300; tries += 1) {
      process.kill(postmaster, 0);
      Atomics.wait(pause, 0, 0, 10);
    }
  } catch {
    // It has ended.
  }
}

export async function removeRunFolder(): Promise<void> {
  await rm(runFolder(), { recursive: true, force: true });
}
