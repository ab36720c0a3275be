import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { cases } from './cases.ts';
import { type Findings, type Goal, goals, growthOf, isReached, ratio } from './goals.ts';
import type { Measurement } from './measure.ts';
import type { Plan } from './plan.ts';
import { servers } from './servers.ts';
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
  const parts = [
    heading(circumstances),
    ...(findings.measurements.length === 0 ? [] : [goalsTable(findings)]),
    ...counts.map((count) => {
      const measured = findings.measurements.filter(({ connections }) => connections === count);
      return `## With ${count} connections\n\n${casesTable(measured)}`;
    }),
    ...(findings.endurance.length === 0 ? [] : [enduranceTable(findings)]),
    ...(findings.starts === null ? [] : [startsTable(findings)]),
    ...(findings.sizes.length === 0 ? [] : [sizesTable(findings)]),
  ];
  return `${parts.join('\n\n')}\n`;
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

function goalsTable(findings: Findings): string {
  const rows = goals.map((goal) => {
    const figure = goal.figure(findings);
    const cpu = goal.cpuFigure?.(findings) ?? null;
    return [
      goal.title,
      limitOf(goal),
      figure === null ? 'not measured' : shown(figure, goal.unit),
      figure === null ? '' : isReached(goal, figure) ? 'yes' : 'no',
      cpu === null ? '' : shown(cpu, goal.unit),
    ];
  });
  return `## Goals\n\n${table(['goal', 'limit', 'found (least–greatest)', 'reached', 'by CPU time'], rows, 1)}`;
}

function limitOf({ limit, unit }: Goal): string {
  return 'atLeast' in limit ? `≥ ${limit.atLeast} ${unit}` : `≤ ${limit.atMost} ${unit}`;
}

function casesTable(measurements: readonly Measurement[]): string {
  const head = ['case', 'server', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'PostgreSQL µs', 'MiB'];
  const rows = cases.flatMap((measured) =>
    servers.flatMap(({ key, name }) => {
      const found = measurements.filter((one) => one.case === measured.name && one.server === key);
      if (found.length === 0) return [];
      const against = (peer: string): string => {
        const figure = ratio(
          measurements,
          { case: measured.name, server: key },
          { case: measured.against ?? measured.name, server: peer },
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
          against('fastify'),
          against('express'),
        ],
      ];
    }),
  );
  return table([...head, 'to Fastify', 'to Express'], rows, 2);
}

function enduranceTable({ endurance }: Findings): string {
  const requests = endurance[0]?.requests ?? 0;
  const head = ['server', 'ready ms', 'MiB at rest', `after ${integer(requests / 10)}`, `after ${integer(requests)}`];
  const rows = endurance.map(({ server, readyMs, restMiB, warmMiB, laterMiB, quiet, busy }) => [
    nameOf(server),
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

function sizesTable({ sizes }: Findings): string {
  const rows = sizes.map((found) => {
    const growth = growthOf(found);
    return [
      nameOf(found.server),
      median(found.few).toFixed(2),
      median(found.many).toFixed(2),
      growth === null ? '' : shown(growth, '×'),
    ];
  });
  return `## Sessions with a filter, p50 in ms\n\n${table(['server', 'of 1,000', 'of 1,000,000', 'ratio'], rows, 1)}`;
}

function nameOf(key: string): string {
  return servers.find((kind) => kind.key === key)?.name ?? key;
}
