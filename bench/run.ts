import { writeFile } from 'node:fs/promises';
import { type Case, cases } from './cases.ts';
import { startCluster } from './database.ts';
import { stopDriving } from './drive.ts';
import { type Endurance, endure } from './endurance.ts';
import { type Measurement, measure, warmUp } from './measure.ts';
import { type Pair, compareNouns, comparePages, compareSizes } from './pairs.ts';
import { type Plan, readPlan } from './plan.ts';
import { stopAll } from './processes.ts';
import { loadNow, report } from './report.ts';
import { seed, seedFew } from './seed.ts';
import { type ServerKind, chosenServers } from './servers.ts';
import { FEW, SEEDED, type Stage, withServers } from './stage.ts';
import { type Starts, measureStarts } from './starts.ts';
import type { Expectations } from './verify.ts';

const RESULTS = new URL('results.md', import.meta.url);

async function main(plan: Plan): Promise<void> {
  const cluster = await startCluster();
  try {
    await Promise.race([run({ plan, cluster }), interrupted()]);
  } finally {
    stopDriving();
    await stopAll();
    await cluster.stop();
  }
}

interface Found {
  readonly measurements: Measurement[];
  starts: Starts | null;
  readonly endurance: Endurance[];
  readonly pairs: Pair[];
}

async function run(stage: Stage): Promise<void> {
  const { plan, cluster } = stage;
  const load = loadNow();
  await timed(`PostgreSQL ${cluster.version}: filled`, () => fill(stage));
  const kinds = chosenServers(plan.servers, plan.beside);
  const found: Found = { measurements: [], starts: null, endurance: [], pairs: [] };
  const tell = (): string => report(found, { plan, postgres: cluster.version, load, sessions: 100_000 * plan.scale });
  try {
    await measureAll(stage, kinds, found);
  } catch (error) {
    // Half an hour's figures are worth something, even if they are not all.
    process.stdout.write(tell());
    throw error;
  }
  process.stdout.write(tell());
  if (plan.complete && plan.mode === 'full') await writeFile(RESULTS, tell());
}

/** Adds to what was found as it is found. */
async function measureAll(stage: Stage, kinds: readonly ServerKind[], found: Found): Promise<void> {
  const { plan } = stage;
  const { measurements, endurance, pairs } = found;
  const wanted = (name: string): boolean => plan.extras.includes(name);
  await measureCases(stage, kinds, measurements);
  if (wanted('starts')) found.starts = await timed('Starts', () => measureStarts(stage));
  for (const kind of kinds) {
    if (wanted('endurance') && (plan.mode === 'full' || kind.key === 'ours')) {
      endurance.push(await timed(`Memory and log-ins: ${kind.name}`, () => endure(stage, kind)));
    }
    if (wanted('pages') && (plan.mode === 'full' || kind.uncached === true)) {
      pairs.push(await timed(`Pages: ${kind.name}`, () => comparePages(stage, kind)));
    }
    if (wanted('nouns') && kind.uncached === true) {
      pairs.push(await timed(`Nouns: ${kind.name}`, () => compareNouns(stage, kind)));
    }
    if (wanted('sizes')) pairs.push(await timed(`Sizes: ${kind.name}`, () => compareSizes(stage, kind)));
  }
}

async function fill({ plan, cluster }: Stage): Promise<void> {
  await cluster.build(SEEDED, (client) => seed(client, plan.scale));
  if (plan.extras.includes('sizes')) await cluster.build(FEW, seedFew);
}

/** In each round every server is started anew. */
async function measureCases(stage: Stage, kinds: readonly ServerKind[], measurements: Measurement[]): Promise<void> {
  const { plan } = stage;
  const expectations: Expectations = new Map();
  if (plan.cases.length === 0) return;
  for (let round = 0; round < plan.rounds; round += 1) {
    await withServers(stage, round % 2 === 0 ? kinds : kinds.toReversed(), async (running) => {
      await timed(`Round ${round + 1}: warming up`, async () => {
        for (const one of running) await warmUp(stage, one);
      });
      const inOrder = kinds.flatMap((kind) => running.filter((one) => one.kind === kind));
      for (const [slice, measured] of cases.entries()) {
        if (!plan.cases.includes(measured.name)) continue;
        const asked = inOrder.filter(({ kind }) => isAsked(kind, measured));
        const found = await timed(`Round ${round + 1}: ${measured.title}`, () =>
          measure(stage, asked, measured, { round, slice, expectations }),
        );
        measurements.push(...found);
      }
    });
  }
}

function isAsked({ ours, uncached }: ServerKind, { against, cacheable }: Case): boolean {
  return ours ? uncached !== true || cacheable === true : against === undefined;
}

function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => {
        reject(new Error(`Ended by ${signal}.`));
      });
    }
  });
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  process.stderr.write(`${what} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`);
  return result;
}

try {
  await main(readPlan(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
