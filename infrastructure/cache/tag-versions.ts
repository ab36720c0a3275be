/**
 * What this process knows of the changes to what cached values depend on. A value is kept with the versions that its tags
 * had when it was loaded, and is good as long as they are the same: to invalidate is to set a version, and needs no list
 * of what depends on it.
 */
export interface TagVersions {
  /** Grows with every change. Whoever loads notes it down first. */
  readonly moment: number;
  /** All processes hear of this change in the same order, so the same version means the same to all. */
  set(tags: Iterable<string>, version: string): void;
  /**
   * This process has changed something, and the others have yet to hear of it: until that is released, nothing with these
   * tags is good, whatever is heard meanwhile of earlier changes.
   */
  hold(tags: Iterable<string>, change: string): void;
  release(tags: Iterable<string>, change: string): void;
  /** Nobody knows what was changed meanwhile: no load that is running may be kept. */
  restart(): void;
  /** The versions of the tags; null where one of them has changed since `moment`, or may have. */
  since(moment: number, tags: readonly string[]): readonly string[] | null;
  /** Whether these are the versions of the tags now. */
  are(versions: readonly string[], tags: readonly string[]): boolean;
}

interface Known {
  readonly version: string;
  readonly moment: number;
  readonly at: number;
}

/** Of what has not changed for so long that nobody remembers. */
const UNKNOWN = '';

/** @param memoryMs longer than anything is kept: what was loaded before a change must be gone when that is forgotten */
export function makeTagVersions(memoryMs: number, now: () => number = () => performance.now()): TagVersions {
  // A change moves its tag to the end: the first is the oldest.
  const known = new Map<string, Known>();
  const held = new Map<string, string>();
  let moment = 0;
  let forgotten = 0;
  const forget = (): void => {
    const horizon = now() - memoryMs;
    for (const [tag, { at, moment: changed }] of known) {
      if (at > horizon) return;
      known.delete(tag);
      forgotten = changed;
    }
  };
  const remember = (tag: string, version: string): void => {
    known.delete(tag);
    known.set(tag, { version, moment, at: now() });
  };
  const versionOf = (tag: string): string => known.get(tag)?.version ?? UNKNOWN;
  return {
    get moment() {
      return moment;
    },
    set: (tags, version) => {
      moment += 1;
      for (const tag of tags) remember(tag, version);
      forget();
    },
    hold: (tags, change) => {
      moment += 1;
      for (const tag of tags) {
        remember(tag, change);
        held.set(tag, change);
      }
      forget();
    },
    release: (tags, change) => {
      for (const tag of tags) if (held.get(tag) === change) held.delete(tag);
    },
    restart: () => {
      moment += 1;
      forgotten = moment;
      held.clear();
    },
    since: (before, tags) => {
      if (before < forgotten) return null;
      const changed = tags.some((tag) => held.has(tag) || (known.get(tag)?.moment ?? 0) > before);
      return changed ? null : tags.map(versionOf);
    },
    are: (versions, tags) =>
      versions.length === tags.length &&
      tags.every((tag, index) => versionOf(tag) === versions[index] && !held.has(tag)),
  };
}
