import type { Style } from './style.ts';
import { lineText, proseText } from './terminal-text.ts';

/** One thing in full: its title, a line for each value that it has, then its texts. */
export function details(
  thing: {
    readonly title: string;
    readonly lines: readonly (readonly [label: string, value: string | number | null | undefined])[];
    readonly texts?: readonly (readonly [label: string, text: string | null | undefined])[];
  },
  style: Style,
): string {
  const lines = thing.lines.flatMap(([label, value]) =>
    has(value) ? [{ label, value: lineText(String(value)) }] : [],
  );
  const width = Math.max(0, ...lines.map(({ label }) => label.length));
  const texts = (thing.texts ?? []).flatMap(([label, text]) => (has(text) ? [{ label, text: proseText(text) }] : []));
  return [
    `${style('bold', lineText(thing.title))}\n`,
    ...lines.map(({ label, value }) => `${style('dim', label.padEnd(width))}  ${value}\n`),
    ...texts.map(({ label, text }) => `\n${style('dim', label)}\n${text.trimEnd()}\n`),
  ].join('');
}

function has<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined && value !== '';
}
