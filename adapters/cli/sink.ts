import { OutputError } from './output-error.ts';

/** One of the two streams that a command writes to. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Columns of the terminal; null for a pipe, which has no width. */
  readonly width: number | null;
  write(text: string): void;
  /** Resolves once all has left the process. @throws OutputError, unless its reader just went away */
  flushed(): Promise<void>;
}

const USUAL_WIDTH = 80;

export function makeSink(stream: NodeJS.WriteStream): Sink {
  let fault: Error | null = null;
  let pending: Promise<void> = Promise.resolve();
  const fail = (error: Error): void => {
    fault ??= error;
  };
  // `| head` closes the pipe when it has read enough: that is no fault of the command. The listener stays, because
  // the stream may tell of it after the last write.
  stream.on('error', fail);
  const isTerminal = stream.isTTY;
  return {
    isTerminal,
    width: isTerminal ? stream.columns || USUAL_WIDTH : null,
    write: (text) => {
      if (fault !== null) return;
      const written = new Promise<void>((resolve) => {
        stream.write(text, (error) => {
          if (error) fail(error);
          resolve();
        });
      });
      pending = pending.then(() => written);
    },
    flushed: async () => {
      await pending;
      if (fault !== null && !('code' in fault && fault.code === 'EPIPE')) throw new OutputError(fault);
    },
  };
}
