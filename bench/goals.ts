import { type Endurance, LOGINS } from './endurance.ts';
import type { Measurement } from './measure.ts';
import type { Pair } from './pairs.ts';
import type { Starts } from './starts.ts';
import { geometricMedian } from './statistics.ts';

/** All that a run found; what it did not measure is null or not in a list. */
export interface Findings {
  readonly measurements: readonly Measurement[];
  readonly endurance: readonly Endurance[];
  readonly starts: Starts | null;
  readonly pairs: readonly Pair[];
}

/** A figure and, where it was found more than once, the least and the greatest that was found. */
export interface Figure {
  readonly value: number;
  readonly least: number;
  readonly greatest: number;
}

/** What users should feel. */
export interface Goal {
  readonly title: string;
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit: '×' | 'MiB' | '%' | 's';
  /** Null where the run did not measure it. */
  figure(findings: Findings): Figure | null;
  /** The same ratio by the CPU time of a request: on a busy machine it varies least. */
  cpuFigure?(findings: Findings): Figure | null;
}

const UNCACHED = 'uncached';

export const goals: readonly Goal[] = [
  faster('list of 20, uncached, against Fastify + pg', 0.8, { case: 'list', server: UNCACHED }, 'fastify'),
  faster('one campaign, uncached, against Fastify + pg', 0.7, { case: 'one', server: UNCACHED }, 'fastify'),
  faster('list, from the cache, against Fastify + pg uncached', 3, { case: 'list', server: 'ours' }, 'fastify'),
  faster('one campaign, from the cache, against Fastify + pg uncached', 2, { case: 'one', server: 'ours' }, 'fastify'),
  faster('one campaign, by 304, against Fastify + pg', 2, { case: 'unchanged', server: 'ours' }, 'fastify', 'one'),
  faster('list, uncached, against Express + TypeORM', 1.8, { case: 'list', server: UNCACHED }, 'express'),
  faster('one campaign, uncached, against Express + TypeORM', 2.5, { case: 'one', server: UNCACHED }, 'express'),
  faster('creating a campaign against Express + TypeORM', 1.5, { case: 'create', server: 'ours' }, 'express'),
  faster('scheduling a session against Express + TypeORM', 1.5, { case: 'schedule', server: 'ours' }, 'express'),
  {
    title: 'page 1,000 against page 1, uncached: p50',
    limit: { atMost: 1.1 },
    unit: '×',
    figure: ({ pairs }) => pairFigure(pairs.find(({ name, server }) => name === 'pages' && server === UNCACHED)),
  },
  {
    title: 'a list of NPCs against a list of sessions, uncached: p50',
    limit: { atMost: 1.11 },
    unit: '×',
    figure: ({ pairs }) => pairFigure(pairs.find(({ name, server }) => name === 'nouns' && server === UNCACHED)),
  },
  {
    title: '1,000,000 sessions against 1,000, uncached: p50',
    limit: { atMost: 1.2 },
    unit: '×',
    figure: ({ pairs }) => pairFigure(pairs.find(({ name, server }) => name === 'sizes' && server === UNCACHED)),
  },
  {
    title: `reads while ${LOGINS} log-ins run at once: p99 against quiet`,
    limit: { atMost: 3 },
    unit: '×',
    figure: ({ endurance }) => single(ours(endurance), ({ quiet, busy }) => busy.p99 / quiet.p99),
  },
  {
    title: 'memory at rest',
    limit: { atMost: 130 },
    unit: 'MiB',
    figure: ({ endurance }) => single(ours(endurance), ({ restMiB }) => restMiB),
  },
  {
    title: 'memory: growth from rest, after all requests',
    limit: { atMost: 10 },
    unit: '%',
    figure: ({ endurance }) => single(ours(endurance), ({ restMiB, laterMiB }) => growth(restMiB, laterMiB)),
  },
  {
    title: 'memory: growth from the first tenth of the requests to the last',
    limit: { atMost: 10 },
    unit: '%',
    figure: ({ endurance }) => single(ours(endurance), ({ warmMiB, laterMiB }) => growth(warmMiB, laterMiB)),
  },
  {
    title: '`foundry --version` against `node -e 0`',
    limit: { atMost: 2 },
    unit: '×',
    figure: ({ starts }) => single(starts, ({ node, version }) => version / node),
  },
  {
    title: '`foundry campaign list` beside a running server',
    limit: { atMost: 0.7 },
    unit: 's',
    figure: ({ starts }) => single(starts, ({ list }) => list / 1000),
  },
  {
    title: 'the server, until it is ready, in a folder that was used before',
    limit: { atMost: 1 },
    unit: 's',
    figure: ({ starts }) => single(starts, ({ warm }) => warm / 1000),
  },
];

export function isReached({ limit }: Goal, { value }: Figure): boolean {
  return 'atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost;
}

interface Measured {
  readonly case: string;
  readonly server: string;
}

function faster(title: string, atLeast: number, of: Measured, peer: string, against = of.case): Goal {
  return {
    title,
    limit: { atLeast },
    unit: '×',
    figure: ({ measurements }) => ratio(measurements, of, { case: against, server: peer }, 'perSecond'),
    cpuFigure: ({ measurements }) => ratio(measurements, { case: against, server: peer }, of, 'serverCpu'),
  };
}

/** Of what was measured one after the other with as many connections: the median, the least and the greatest. */
export function ratio(
  measurements: readonly Measurement[],
  of: Measured,
  to: Measured,
  what: 'perSecond' | 'serverCpu',
): Figure | null {
  const find = ({ case: name, server }: Measured): readonly Measurement[] =>
    measurements.filter((one) => one.case === name && one.server === server);
  const others = find(to);
  const ratios = find(of).flatMap((mine) =>
    others
      .filter(({ lap, connections }) => lap === mine.lap && connections === mine.connections)
      .map((other) => (mine[what] ?? NaN) / (other[what] ?? NaN))
      .filter((value) => value > 0 && value < Infinity),
  );
  return figureOf(ratios);
}

/** How many times as long the far one takes. */
export function pairFigure(pair: Pair | undefined): Figure | null {
  return figureOf((pair?.far ?? []).map((far, lap) => far / (pair?.near[lap] ?? NaN)));
}

function figureOf(ratios: readonly number[]): Figure | null {
  if (ratios.length === 0) return null;
  return { value: geometricMedian(ratios), least: Math.min(...ratios), greatest: Math.max(...ratios) };
}

function ours(endurance: readonly Endurance[]): Endurance | undefined {
  return endurance.find(({ server }) => server === 'ours');
}

function single<T>(found: T | null | undefined, valueOf: (found: T) => number | null): Figure | null {
  const value = found == null ? null : valueOf(found);
  return value === null ? null : { value, least: value, greatest: value };
}

function growth(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : (to / from - 1) * 100;
}
