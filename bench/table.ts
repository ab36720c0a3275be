import type { Figure } from './goals.ts';
import { median } from './statistics.ts';

/** Markdown that reads well as it is. The first `left` columns are texts, the others numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], left: number): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return column < left ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(' | ')} |`;
  const rule = widths.map((width, column) => (column < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** With what it lies between, where it was found more than once. */
export function shown({ value, least, greatest }: Figure, unit: string): string {
  const text = (number: number): string => number.toFixed(number < 100 ? 2 : 0);
  return least === greatest ? `${text(value)} ${unit}` : `${text(value)} ${unit} (${text(least)}–${text(greatest)})`;
}

export function integer(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** The median of milliseconds, where they are known. */
export function microseconds(values: readonly (number | null)[]): string {
  return compact(values.map((value) => (value === null ? null : value * 1000)));
}

/** The median of those that are known. */
export function compact(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? '' : integer(median(known));
}
