import { Writable } from 'node:stream';

/**
 * Writes what is logged in one turn of the event loop at its end, in one piece: standard output is written synchronously
 * where it is a file or a pipe, and the process stands still meanwhile. Whoever ends the process flushes before.
 */
export function makeLineBatches(target: NodeJS.WritableStream): Writable & { flush(): void } {
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    const text = lines.join('');
    lines = [];
    target.write(text);
  };
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _, done) => {
      if (lines.length === 0) setImmediate(flush);
      lines.push(line);
      done();
    },
  });
  return Object.assign(stream, { flush });
}
