/** The only source of the present moment, so that tests choose it. */
export interface Clock {
  now(): Date;
}

/** How far the clock of another server may be ahead. */
export const CLOCK_SKEW_MS = 60_000;

/** After `since`, and not after `until`: what is stored for later was stored by a clock that was wrong. */
export interface Span {
  readonly since: Date;
  readonly until: Date;
}
