/** The only source of the present moment, so that tests choose it. */
export interface Clock {
  now(): Date;
}
