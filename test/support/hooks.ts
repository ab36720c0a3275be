import { stopTestCluster } from './test-cluster.ts';

/** Loaded before every run (see .mocharc.json): nothing that a test started outlives it. */
export const mochaHooks = { afterAll: stopTestCluster };
