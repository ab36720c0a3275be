/** Lines that wait for the end of this turn of the event loop. */
export interface LineBatches {
  add(line: string): void;
  /** Writes them now. Whoever ends the process calls it before. */
  flush(): void;
}

/**
 * Writes what is logged in one turn of the event loop at its end, in one piece: standard output is written synchronously
 * where it is a file or a pipe, and the process stands still meanwhile.
 */
export function makeLineBatches(write: (lines: string) => void): LineBatches {
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    const batch = lines;
    lines = [];
    write(batch.join(''));
  };
  return {
    add: (line) => {
      if (lines.length === 0) setImmediate(flush);
      lines.push(line);
    },
    flush,
  };
}
