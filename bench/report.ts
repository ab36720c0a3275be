import { cases } from './cases.ts';
import { type Measurement } from './measure.ts';
import { servers } from './servers.ts';

/** Markdown. */
export function report(measurements: readonly Measurement[]): string {
  const connections = [...new Set(measurements.map((found) => found.connections))];
  return connections
    .map((count) => {
      const found = measurements.filter((measurement) => measurement.connections === count);
      return `## ${count} connections\n\n${comparison(found)}\n`;
    })
    .join('\n');
}

function comparison(measurements: readonly Measurement[]): string {
  const rows = cases.flatMap((measured) =>
    servers.flatMap(({ key, name }) => {
      const found = measurements.filter((one) => one.case === measured.name && one.server === key);
      if (found.length === 0) return [];
      const peers = ['fastify', 'express'].map((peer) =>
        ratio(
          found,
          measurements.filter((one) => one.case === (measured.against ?? measured.name) && one.server === peer),
        ),
      );
      return [
        [
          measured.title,
          name,
          whole(mean(found.map((one) => one.perSecond))),
          milliseconds(mean(found.map((one) => one.p50))),
          milliseconds(mean(found.map((one) => one.p99))),
          micros(found.map((one) => one.serverCpu)),
          micros(found.map((one) => one.postgresCpu)),
          mebibytes(found.map((one) => one.memoryMiB)),
          ...peers,
        ],
      ];
    }),
  );
  return table(
    [
      'case',
      'server',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      'PostgreSQL µs',
      'RSS MiB',
      ': Fastify',
      ': Express',
    ],
    rows,
  );
}

/** Of requests per second; in brackets the least and the greatest of the rounds. */
function ratio(ours: readonly Measurement[], theirs: readonly Measurement[]): string {
  const ratios = ours.flatMap(({ round, perSecond }) =>
    theirs.filter((one) => one.round === round).map((one) => perSecond / one.perSecond),
  );
  if (ratios.length === 0) return '';
  const total = (found: readonly Measurement[]): number => mean(found.map((one) => one.perSecond));
  const [least, greatest] = [Math.min(...ratios), Math.max(...ratios)];
  return `${(total(ours) / total(theirs)).toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function milliseconds(value: number): string {
  return value.toFixed(1);
}

function micros(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? '' : whole(mean(known) * 1000);
}

function mebibytes(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? '' : whole(mean(known));
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
