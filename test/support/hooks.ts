import fc from 'fast-check';
import type { Context } from 'mocha';
import { fuzzSeed } from './fuzz-seed.ts';
import { expectEveryOutcome, notePassed } from './outcomes.ts';
import { makeRunFolder, removeRunFolder, runHasCluster, tidyUpWhenInterrupted } from './test-run.ts';

/* Loaded before every run (see .mocharc.json), by mocha itself and by each of the processes among which it divides the files. */

// A worker would go on, and bring back the PostgreSQL that is being tidied away.
if (process.env.MOCHA_WORKER_ID !== undefined) process.once('SIGINT', () => process.exit(130));

// A property that fails does so for whoever runs the tests next.
fc.configureGlobal({ seed: fuzzSeed });

export async function mochaGlobalSetup(): Promise<void> {
  await makeRunFolder();
  tidyUpWhenInterrupted();
}

/** Nothing that a test started outlives it; what is thrown here fails the run. */
export async function mochaGlobalTeardown(): Promise<void> {
  try {
    expectEveryOutcome();
  } finally {
    if (runHasCluster()) await (await import('./test-cluster.ts')).stopTestCluster();
    await removeRunFolder();
  }
}

export const mochaHooks = {
  /** After each file. */
  afterAll(this: Context): void {
    const root = this.test?.parent;
    if (root) notePassed(root);
  },
};
