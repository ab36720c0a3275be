import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { cases } from './cases.ts';
import { type Findings, type Goal, goals, isReached, pairFigure, ratio } from './goals.ts';
import type { Measurement } from './measure.ts';
import type { Plan } from './plan.ts';
import { type ServerKind, chosenServers } from './servers.ts';
import { median } from './statistics.ts';
import { compact, integer, microseconds, shown, table } from './table.ts';

interface Circumstances {
  readonly plan: Plan;
  readonly postgres: string;
  /** How busy the machine was before: the run queue's mean length over the last minute. */
  readonly load: number;
  readonly sessions: number;
}

/** Everything, as Markdown. */
export function report(findings: Findings, circumstances: Circumstances): string {
  const counts = [...new Set(findings.measurements.map(({ connections }) => connections))];
  const { plan } = circumstances;
  const kinds = chosenServers(plan.servers, plan.beside);
  const parts = [
    heading(circumstances),
    goalsTable(findings, plan),
    ...counts.map((count) => {
      const measured = findings.measurements.filter(({ connections }) => connections === count);
      return `## With ${count} connections\n\n${casesTable(measured, kinds, plan.beside.length > 0)}`;
    }),
    ...(findings.endurance.length === 0 ? [] : [enduranceTable(findings, kinds)]),
    ...(findings.starts === null ? [] : [startsTable(findings)]),
    ...(findings.pairs.length === 0 ? [] : [pairsTable(findings, kinds)]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

function heading({ plan, postgres, load, sessions }: Circumstances): string {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    '# Results',
    '',
    `\`${plan.command}\` on ${new Date().toISOString().slice(0, 10)}, with ${integer(sessions)} sessions:`,
    `${processors[0]?.model.trim() ?? 'an unknown processor'}, ${processors.length} cores, ${gigabytes} GiB; ` +
      `${type()} ${release()}; Node.js ${process.versions.node}; PostgreSQL ${postgres}; ` +
      `load before the run ${load.toFixed(1)}.`,
  ].join('\n');
}

function goalsTable(findings: Findings, plan: Plan): string {
  const rows = goals.flatMap((goal) => {
    const figure = goal.figure(findings);
    if (figure === null && !plan.complete) return [];
    const cpu = goal.cpuFigure?.(findings) ?? null;
    const row = [
      goal.title,
      limitOf(goal),
      figure === null ? 'not measured' : shown(figure, goal.unit),
      figure === null ? '' : isReached(goal, figure) ? 'yes' : 'no',
      cpu === null ? '' : shown(cpu, goal.unit),
    ];
    return [row];
  });
  if (rows.length === 0) return '';
  return `## Goals\n\n${table(['goal', 'limit', 'found (least–greatest)', 'reached', 'by CPU time'], rows, 1)}`;
}

function limitOf({ limit, unit }: Goal): string {
  return 'atLeast' in limit ? `≥ ${limit.atLeast} ${unit}` : `≤ ${limit.atMost} ${unit}`;
}

/** Whom the servers are compared with, by their keys. */
const PEERS = [
  ['to Fastify', 'fastify'],
  ['to Express', 'express'],
] as const;

function casesTable(measurements: readonly Measurement[], kinds: readonly ServerKind[], beside: boolean): string {
  const peers = [...PEERS, ...(beside ? [['to this checkout', 'ours'] as const] : [])];
  const head = ['case', 'server', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'PostgreSQL µs', 'MiB'];
  const rows = cases.flatMap((measured) =>
    kinds.flatMap(({ key, name }) => {
      const found = measurements.filter((one) => one.case === measured.name && one.server === key);
      if (found.length === 0) return [];
      const against = (peer: string): string => {
        const figure = ratio(
          measurements,
          { case: measured.name, server: key },
          { case: peer === 'ours' ? measured.name : (measured.against ?? measured.name), server: peer },
          'perSecond',
        );
        return figure === null || peer === key ? '' : shown(figure, '×');
      };
      return [
        [
          measured.title,
          name,
          integer(median(found.map((one) => one.perSecond))),
          median(found.map((one) => one.p50)).toFixed(2),
          median(found.map((one) => one.p99)).toFixed(1),
          microseconds(found.map((one) => one.serverCpu)),
          microseconds(found.map((one) => one.postgresCpu)),
          compact(found.map((one) => one.memoryMiB)),
          ...peers.map(([, peer]) => against(peer)),
        ],
      ];
    }),
  );
  return table([...head, ...peers.map(([title]) => title)], rows, 2);
}

function enduranceTable({ endurance }: Findings, kinds: readonly ServerKind[]): string {
  const requests = endurance[0]?.requests ?? 0;
  const head = ['server', 'ready ms', 'MiB at rest', `after ${integer(requests / 10)}`, `after ${integer(requests)}`];
  const rows = endurance.map(({ server, readyMs, restMiB, warmMiB, laterMiB, quiet, busy }) => [
    nameOf(server, kinds),
    integer(readyMs),
    ...[restMiB, warmMiB, laterMiB].map((value) => compact([value])),
    quiet.p99.toFixed(1),
    busy.p99.toFixed(1),
  ]);
  return `## Memory and log-ins\n\n${table([...head, 'p99 ms, quiet', 'p99 ms, during log-ins'], rows, 1)}`;
}

function startsTable({ starts }: Findings): string {
  if (starts === null) return '';
  const rows = [
    ['`node -e 0`', integer(starts.node)],
    ['`foundry --version`', integer(starts.version)],
    ['`foundry campaign list` beside a running server', integer(starts.list)],
    ['`foundry serve` in an empty folder, until it is ready', integer(starts.cold)],
    ['`foundry serve` in a folder that was used before', integer(starts.warm)],
  ];
  return `## Starts\n\n${table(['what', 'ms'], rows, 1)}`;
}

function pairsTable({ pairs }: Findings, kinds: readonly ServerKind[]): string {
  const titles = {
    pages: 'sessions, page 1 and page 1,000',
    sizes: 'sessions, of 1,000 and of 1,000,000',
    nouns: 'a list of 20 sessions, and of 20 NPCs',
  };
  const rows = pairs.map((pair) => {
    const figure = pairFigure(pair);
    return [
      titles[pair.name],
      nameOf(pair.server, kinds),
      median(pair.near).toFixed(2),
      median(pair.far).toFixed(2),
      figure === null ? '' : shown(figure, '×'),
    ];
  });
  return `## What should take equally long\n\n${table(['pair', 'server', 'p50 ms', 'p50 ms', 'ratio'], rows, 2)}`;
}

function nameOf(key: string, kinds: readonly ServerKind[]): string {
  return kinds.find((kind) => kind.key === key)?.name ?? key;
}
