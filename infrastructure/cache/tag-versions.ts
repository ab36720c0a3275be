/**
 * What this process knows of the changes to what cached values depend on. A value is kept with the versions that its tags
 * had when it was loaded, and is good as long as they are the same: to invalidate is to count a change, and needs no list
 * of what depends on it.
 */
export interface TagVersions {
  /** Grows with every change. Whoever loads notes it down first. */
  readonly moment: number;
  /** Counts a change, once, however often it is told. @param change a number of 48 random bits, in hexadecimal */
  add(change: string, tags: readonly string[]): void;
  /** Nobody knows what was changed meanwhile: no load that is running may be kept. */
  restart(): void;
  /** The versions of the tags; null where one of them has changed since `moment`, or may have. */
  since(moment: number, tags: readonly string[]): readonly string[] | null;
  /** Whether these are the versions of the tags now. */
  are(versions: readonly string[], tags: readonly string[]): boolean;
}

interface Change {
  readonly tags: readonly string[];
  readonly moment: number;
  readonly at: number;
}

interface Known {
  readonly sum: bigint;
  readonly version: string;
  /** Of its last change. */
  readonly moment: number;
}

/** Of what has not changed for so long that nobody remembers. */
const UNKNOWN = '';

/**
 * A tag's version is the sum, without carry, of its changes that are remembered: it is the same to all processes which
 * know the same of them, in whatever order they heard, and one that was there before does not come back. Forgetting a
 * change takes it out of the sum.
 *
 * @param memoryMs longer than anything is kept: what was loaded before a change must be gone when that is forgotten
 */
export function makeTagVersions(memoryMs: number, now: () => number = () => performance.now()): TagVersions {
  // The first is the oldest.
  const changes = new Map<string, Change>();
  const known = new Map<string, Known>();
  let moment = 0;
  let forgotten = 0;

  /** Adds a change to the versions of its tags, or takes it out of them: it is the same. */
  const turn = (change: string, tags: readonly string[], at: (tag: string) => number): void => {
    for (const tag of tags) {
      const sum = (known.get(tag)?.sum ?? 0n) ^ BigInt(`0x${change}`);
      if (sum === 0n) known.delete(tag);
      else known.set(tag, { sum, version: sum.toString(36), moment: at(tag) });
    }
  };
  const momentOf = (tag: string): number => known.get(tag)?.moment ?? 0;
  const versionOf = (tag: string): string => known.get(tag)?.version ?? UNKNOWN;
  const forget = (): void => {
    const horizon = now() - memoryMs;
    for (const [change, { tags, at, moment: changed }] of changes) {
      if (at > horizon) return;
      changes.delete(change);
      turn(change, tags, momentOf);
      forgotten = changed;
    }
  };
  return {
    get moment() {
      return moment;
    },
    add: (change, tags) => {
      if (!changes.has(change)) {
        moment += 1;
        changes.set(change, { tags, moment, at: now() });
        turn(change, tags, () => moment);
      }
      forget();
    },
    restart: () => {
      moment += 1;
      forgotten = moment;
    },
    since: (before, tags) => {
      if (before < forgotten || tags.some((tag) => momentOf(tag) > before)) return null;
      return tags.map(versionOf);
    },
    are: (versions, tags) =>
      versions.length === tags.length && tags.every((tag, index) => versionOf(tag) === versions[index]),
  };
}
