import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_LIFE, WRITERS_LEASE } from './lifetimes.ts';
import type { Tag } from './tag.ts';

/** Tells those who keep something what has changed. */
export interface Announcer {
  /** Resolves when nothing is kept any more that the change has made stale. Never fails. */
  announce(tags: Iterable<Tag>): Promise<void>;
  /** A holder has taken note of all announcements up to this one. */
  acknowledged(holder: string, upTo: number): void;
  close(): void;
}

interface Deps {
  /** Announces, where there are other holders, and answers who they are. @throws Error when that is not known */
  readonly tell: (number: number, tags: readonly Tag[]) => Promise<readonly string[]>;
  /** These are changed, and the others are going to be told of it, as a part of this batch. */
  readonly changing: (batch: number, tags: readonly Tag[]) => void;
  /** They have been told. */
  readonly settled: (batch: number, tags: readonly Tag[]) => void;
  readonly gaveUp: (error: unknown) => void;
}

interface Batch {
  readonly id: number;
  readonly tags: Set<Tag>;
  /** When the first of its changes was made. */
  readonly since: number;
  readonly done: PromiseWithResolvers<null>;
}

/** As many as fit into a notification's 8,000 bytes. */
const MOST_TAGS = 150;
const PAUSE = 50;
/** Who is alone does not wait; of many, several share what would cost each as much as a statement of its own. */
const PACE = 2;

/**
 * One announcement is on its way at a time; what changes meanwhile goes into the next one together, so that announcing
 * costs less for each change the more there are.
 */
export function makeAnnouncer({ tell, changing, settled, gaveUp }: Deps): Announcer {
  const queue: Batch[] = [];
  const acks = new Map<number, Acks>();
  let batches = 0;
  let announcements = 0;
  let isRunning = false;
  let lastBegan = -Infinity;
  let isClosed = false;

  const batchFor = (): Batch => {
    const last = queue.at(-1);
    if (last !== undefined && last.tags.size < MOST_TAGS) return last;
    const done = Promise.withResolvers<null>();
    const batch = { id: (batches += 1), tags: new Set<Tag>(), since: performance.now(), done };
    queue.push(batch);
    return batch;
  };

  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    while (queue.length > 0) {
      const wait = lastBegan + PACE - performance.now();
      if (wait > 0) await sleep(wait);
      lastBegan = performance.now();
      const batch = queue.shift();
      if (batch !== undefined) await send(batch);
    }
    isRunning = false;
  };

  const send = async (batch: Batch): Promise<void> => {
    for (;;) {
      // Another number at each try: the one before may have been heard, and changes may have come after it.
      const number = (announcements += 1);
      // An acknowledgement may be here before the answer that tells whose are awaited.
      const heard = makeAcks();
      acks.set(number, heard);
      try {
        const holders = await tell(number, [...batch.tags]);
        void finish(batch, number, holders.length === 0 ? null : heard.of(holders));
        return;
      } catch (error) {
        // Whoever cannot be told forgets by itself what it keeps; until then the change must not be taken for granted.
        const isOver = isClosed || performance.now() - batch.since > LONGEST_LIFE;
        acks.delete(number);
        if (isOver) {
          gaveUp(error);
          void finish(batch, number, null);
          return;
        }
        await sleep(PAUSE);
      }
    }
  };

  const finish = async ({ id, tags, done }: Batch, number: number, answered: Promise<null> | null): Promise<void> => {
    if (answered !== null) await atMost(answered, WRITERS_LEASE);
    acks.delete(number);
    settled(id, [...tags]);
    done.resolve(null);
  };

  return {
    announce: async (tags) => {
      const mine = new Set<Batch>();
      for (const tag of tags) {
        const batch = batchFor();
        batch.tags.add(tag);
        changing(batch.id, [tag]);
        mine.add(batch);
      }
      void run();
      await Promise.all([...mine].map(({ done }) => done.promise));
    },
    acknowledged: (holder, upTo) => {
      for (const [number, heard] of acks) if (number <= upTo) heard.add(holder);
    },
    close: () => {
      isClosed = true;
    },
  };
}

interface Acks {
  add(holder: string): void;
  /** Resolves when all of these have acknowledged. */
  of(holders: readonly string[]): Promise<null>;
}

function makeAcks(): Acks {
  const heard = new Set<string>();
  const all = Promise.withResolvers<null>();
  let awaited: readonly string[] | null = null;
  const look = (): void => {
    if (awaited?.every((holder) => heard.has(holder)) === true) all.resolve(null);
  };
  return {
    add: (holder) => {
      heard.add(holder);
      look();
    },
    of: (holders) => {
      awaited = holders;
      look();
      return all.promise;
    },
  };
}

async function atMost(done: Promise<null>, milliseconds: number): Promise<void> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(late.resolve, milliseconds, null);
  await Promise.race([done, late.promise]);
  clearTimeout(timer);
}
