import stringWidth from 'string-width';
import { fitted } from './fitted.ts';
import type { Format, Style } from './style.ts';
import { lineText } from './terminal-text.ts';

export interface Column<T> {
  readonly head: string;
  of(row: T): string;
  readonly align?: 'right';
  /** Gives way first where the terminal is too narrow. */
  readonly elastic?: boolean;
  format?(row: T): Format;
}

/** Hebrew, Arabic and the other scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const GAP = '  ';
const LEAST = 12;

/** Aligned columns without borders. `width` null: as wide as it takes, nothing cut. */
export function table<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  { width, style }: { readonly width: number | null; readonly style: Style },
): string {
  const cells = columns.map((column) => rows.map((row) => lineText(column.of(row))));
  const widths = narrowed(
    columns,
    columns.map(({ head }, at) => Math.max(stringWidth(head), ...(cells[at] ?? []).map((cell) => stringWidth(cell)))),
    width,
  );
  const line = (text: (column: Column<T>, at: number) => string, paint: (column: Column<T>) => Format | null): string =>
    columns
      .map((column, at) => {
        const limit = widths[at] ?? 0;
        const shown = fitted(text(column, at), limit);
        const padding = ' '.repeat(limit - stringWidth(shown));
        const format = paint(column);
        const isolated = width === null ? shown : isolate(shown);
        const painted = format === null ? isolated : style(format, isolated);
        if (column.align === 'right') return padding + painted;
        return at === columns.length - 1 ? painted : painted + padding;
      })
      .join(GAP)
      .trimEnd();
  const head = line(
    ({ head }) => head,
    () => 'bold',
  );
  const body = rows.map((row, index) =>
    line(
      (_, at) => cells[at]?.[index] ?? '',
      (column) => column.format?.(row) ?? null,
    ),
  );
  return [head, ...body].map((each) => `${each}\n`).join('');
}

/** In a column of its own for a terminal that orders texts itself (UAX #9): it would carry the columns behind it along. */
function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

function narrowed<T>(columns: readonly Column<T>[], widths: readonly number[], width: number | null): number[] {
  const total = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1);
  let excess = width === null ? 0 : total - width;
  return widths.map((natural, at) => {
    if (excess <= 0 || columns[at]?.elastic !== true) return natural;
    const given = Math.max(Math.min(natural, LEAST), natural - excess);
    excess -= natural - given;
    return given;
  });
}
