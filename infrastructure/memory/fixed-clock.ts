import type { Clock } from '../../core/shared/clock.ts';

/** A clock that stands still until it is told to move. */
export interface FixedClock extends Clock {
  set(now: Date): void;
  advance(milliseconds: number): void;
}

export function makeFixedClock(start: Date): FixedClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    set: (now) => {
      time = now.getTime();
    },
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}
