import type { Context } from 'mocha';
import { expectEveryOutcome, notePassed } from './outcomes.ts';
import { makeRunFolder, removeRunFolder, runHasCluster } from './test-run.ts';

/* Loaded before every run (see .mocharc.json), by mocha itself and by each of the processes among which it divides the files. */

export async function mochaGlobalSetup(): Promise<void> {
  await makeRunFolder();
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
