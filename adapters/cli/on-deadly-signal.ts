const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type DeadlySignal = (typeof SIGNALS)[number];

/**
 * Hears of the signals that end the process, just before they do; where `listener` answers true, the process goes on.
 * Answers how to stop that.
 */
export function onDeadlySignal(listener: (signal: DeadlySignal) => boolean): () => void {
  const hear = (signal: DeadlySignal): void => {
    if (listener(signal)) return;
    stop();
    // By the signal itself, so that a shell's loop ends too.
    process.kill(process.pid, signal);
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return stop;
}
