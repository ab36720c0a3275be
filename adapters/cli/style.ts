import { styleText } from 'node:util';
import type { Sink } from './sink.ts';

export type Format = Parameters<typeof styleText>[0];
/** The text in a colour or weight, where colour is wanted. */
export type Style = (format: Format, text: string) => string;

/** Colour goes to terminals only, and not where NO_COLOR (no-color.org), `--no-color` or a dumb terminal is in the way. */
export function makeStyle(sink: Sink, env: Readonly<Record<string, string | undefined>>, wanted: boolean): Style {
  const coloured = wanted && sink.isTerminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  // Whether this stream takes colour was decided above, on the host's environment and not the process's.
  return (format, text) => (coloured ? styleText(format, text, { validateStream: false }) : text);
}
