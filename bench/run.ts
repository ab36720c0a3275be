import { cases } from './cases.ts';
import { type Cluster, startCluster } from './database.ts';
import { type Measurement, measure } from './measure.ts';
import { type Plan, readPlan } from './plan.ts';
import { startServer, stopAll } from './processes.ts';
import { report } from './report.ts';
import { seed } from './seed.ts';
import { type ServerKind, servers } from './servers.ts';
import { type Expectations } from './verify.ts';

const TEMPLATE = 'seeded';
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function main(plan: Plan): Promise<void> {
  const cluster = await startCluster();
  try {
    await Promise.race([run(plan, cluster), interrupted()]);
  } finally {
    await stopAll();
    await cluster.stop();
  }
}

async function run(plan: Plan, cluster: Cluster): Promise<void> {
  const begun = performance.now();
  await cluster.build(TEMPLATE, (client) => seed(client, plan.scale));
  say(`PostgreSQL ${cluster.version} is filled (${seconds(begun)} s).`);

  const kinds = servers.filter(({ key }) => plan.servers.includes(key));
  const expectations: Expectations = new Map();
  const measurements: Measurement[] = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const kind of round % 2 === 1 ? kinds : kinds.toReversed()) {
      const from = performance.now();
      measurements.push(...(await measureServer(kind, { plan, cluster, round, expectations })));
      say(`Round ${round}: ${kind.name} (${seconds(from)} s).`);
    }
  }
  process.stdout.write(report(measurements));
  say(`All of it took ${seconds(begun)} s.`);
}

interface Surroundings {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly round: number;
  readonly expectations: Expectations;
}

async function measureServer(kind: ServerKind, { plan, cluster, round, expectations }: Surroundings) {
  const databaseUrl = await cluster.copy(TEMPLATE);
  const profile = plan.profileFolder !== null && kind.key !== 'fastify' && kind.key !== 'express';
  const server = await startServer(kind, {
    logFolder: cluster.folder,
    environment: { DATABASE_URL: databaseUrl },
    nodeOptions: profile ? ['--cpu-prof', `--cpu-prof-dir=${plan.profileFolder}`] : [],
  });
  const subject = { kind, server, postmaster: cluster.postmaster, round, expectations };
  const measurements: Measurement[] = [];
  try {
    for (const [index, measured] of cases.entries()) {
      if (!plan.cases.includes(measured.name) || (measured.against !== undefined && !isOurs(kind))) continue;
      measurements.push(...(await measure(subject, measured, plan, index)));
    }
  } finally {
    await server.stop();
  }
  await cluster.drop(databaseUrl);
  return measurements;
}

function isOurs({ key }: ServerKind): boolean {
  return key === 'ours' || key === 'uncached';
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

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

await main(readPlan(process.argv.slice(2)));
