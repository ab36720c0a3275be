import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds. */
const EVERY = 1000;
const QUIET_UTILIZATION = 0.05;
/** Intervals one after the other. */
const QUIET_INTERVALS = 2;
const WORTH_IT = 4 * 1024 * 1024;

/**
 * Takes out of memory what nobody needs any more, when the process has rested for a moment: after the start, which reads
 * the texts of a thousand modules, and after each rush of requests. V8 collects garbage when it needs room, and would
 * rather hold on to twice what it needs; a server that rests most of the day should not.
 */
export function keepMemoryTidy(): void {
  const look = makeTidyMemory({ collect: collectGarbage, heapSize: () => getHeapStatistics().total_heap_size });
  let before = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    look(performance.eventLoopUtilization(now, before).utilization);
    before = now;
  }, EVERY).unref();
}

interface Deps {
  readonly collect: () => void;
  /** Bytes. */
  readonly heapSize: () => number;
}

/** To be told of each interval for how much of it the event loop was busy, from 0 to 1. */
export function makeTidyMemory({ collect, heapSize }: Deps): (utilization: number) => void {
  let quiet = 0;
  let tidySize = 0;
  return (utilization) => {
    quiet = utilization < QUIET_UTILIZATION ? quiet + 1 : 0;
    if (quiet < QUIET_INTERVALS || heapSize() < tidySize + WORTH_IT) return;
    collect();
    tidySize = heapSize();
    // It took a moment itself.
    quiet = 0;
  };
}

/** All that V8 can find. The process stands still for some 50 ms. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') Reflect.apply(collect, null, [{ type: 'major', flavor: 'last-resort' }]);
}
