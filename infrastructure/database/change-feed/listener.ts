import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** Hears what is notified on a channel, on a connection of its own that is there again after it was lost. */
export interface Listener {
  /** Whether all that was notified until a moment ago has been heard. Asking keeps it so; who does not ask costs nothing. */
  isFresh(): boolean;
  close(): Promise<void>;
}

interface Deps {
  readonly channel: string;
  readonly newClient: () => pg.Client;
  /** Notifies the channel, by another connection. @throws Error */
  readonly notify: (payload: string) => Promise<unknown>;
  readonly heard: (payload: string) => void;
  /** Notifications may have been missed until now, and none will be from now on. */
  readonly restarted: () => void;
}

/* Milliseconds. */
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 2000;
/** Between an answer and the next question, and how long after it was asked an answered question is good. */
const EVERY = 250;
const FRESH = 1000;
/** A question that is open for longer has lost its connection, whether or not that shows. */
const SILENCE = 2000;
/** Between two looks; whoever comes so late to one has stood still, and what has been notified meanwhile is still unread. */
const LOOK = 50;
const STANDSTILL = 100;
/** After which nobody asks any more whether it is fresh. */
const IDLE = 5000;
const CLOSING = 1000;

/** Not by any other statement: a connection is known by it in pg_stat_activity. */
const QUESTION = 'select 1 as heard';

export function makeListener({ channel, newClient, notify, heard, restarted }: Deps): Listener {
  let client: pg.Client | null = null;
  /** A notification got through: behind a pooler, say, none does. */
  let hears = false;
  let failures = 0;
  let isClosed = false;
  /** When the open question was asked, and the last one that was answered. */
  let asked: number | null = null;
  let answered = -Infinity;
  let stoodStill = -Infinity;
  let looked = -Infinity;
  let used = -Infinity;
  let looking: NodeJS.Timeout | null = null;

  const connect = async (): Promise<void> => {
    const mine = newClient();
    const greeting = `hello ${randomUUID()}`;
    client = mine;
    // PostgreSQL says that it ends a connection a while before it does.
    for (const event of ['error', 'end'] as const) {
      mine.on(event, () => {
        lose(mine);
      });
    }
    mine.on('notification', ({ payload = '' }) => {
      if (payload === greeting) begin();
      else heard(payload);
    });
    try {
      await mine.connect();
      await mine.query(`listen "${channel}"`);
      await notify(greeting);
    } catch {
      lose(mine);
    }
  };
  const begin = (): void => {
    hears = true;
    failures = 0;
    restarted();
  };
  const lose = (lost: pg.Client): void => {
    if (client !== lost) return;
    client = null;
    hears = false;
    asked = null;
    answered = -Infinity;
    // Without a goodbye, which a connection that stands still would wait for.
    lost.connection.stream.destroy();
    if (isClosed) return;
    setTimeout(
      () => {
        if (!isClosed) void connect();
      },
      Math.min(SHORTEST_PAUSE * 2 ** failures, LONGEST_PAUSE),
    ).unref();
    failures += 1;
  };

  /** PostgreSQL sends what was notified before a question ahead of its answer. */
  const ask = async (mine: pg.Client, now: number): Promise<void> => {
    asked = now;
    try {
      await mine.query(QUESTION);
    } catch {
      lose(mine);
    }
    if (client !== mine) return;
    asked = null;
    answered = now;
  };
  const noticeStandstill = (now: number): void => {
    if (now - looked > STANDSTILL) stoodStill = now;
  };
  const look = (): void => {
    const now = performance.now();
    noticeStandstill(now);
    looked = now;
    if (now - used > IDLE && looking !== null) {
      clearInterval(looking);
      looking = null;
    } else if (client === null || !hears) return;
    else if (asked === null) {
      if (answered < stoodStill || now - answered > EVERY) void ask(client, now);
    } else if (now - Math.max(asked, stoodStill) > SILENCE) lose(client);
  };

  void connect();
  return {
    isFresh: () => {
      used = performance.now();
      if (looking === null) {
        looking = setInterval(look, LOOK).unref();
        look();
      } else noticeStandstill(used);
      return answered >= stoodStill && used - answered < FRESH;
    },
    close: async () => {
      isClosed = true;
      if (looking !== null) clearInterval(looking);
      const closing = client;
      if (closing === null) return;
      const cut = setTimeout(() => {
        lose(closing);
      }, CLOSING);
      await closing.end().catch(() => undefined);
      clearTimeout(cut);
    },
  };
}
