import { randomInt } from 'node:crypto';

/** What all that is left to chance begins with: the same in every run, unless FUZZ_SEED is a number or `random`. */
export const fuzzSeed = seedFrom(process.env.FUZZ_SEED ?? '1');

function seedFrom(text: string): number {
  if (text === 'random') return randomInt(2 ** 31);
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new Error(`FUZZ_SEED must be an integer or "random", not "${text}".`);
  return seed;
}
