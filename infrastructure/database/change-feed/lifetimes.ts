/* Milliseconds, by which writers and those who keep something understand each other. */

/** Nobody keeps anything for longer. */
export const LONGEST_LIFE = 5000;
/** So long after it asked, a holder may rely on having heard of every change. */
export const LEASE = 1000;
/** Writers count and wait for a little longer: clocks differ, and the database rounds times. */
export const WRITERS_LEASE = LEASE + 100;
