import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { type Statement, prepared } from '../statement.ts';
import { type Listener, makeListener } from './listener.ts';
import type { Tag } from './tag.ts';

/**
 * Tells every process that keeps something what was changed, by PostgreSQL's LISTEN and NOTIFY: whoever writes, the
 * command line too, has a connection to it. See docs/decisions/0007-cache-and-its-invalidation.md.
 */
export interface ChangeFeed {
  /** What is to be done when these have changed; null where nothing has, or nobody is to hear of it. */
  announcement(tags: Iterable<Tag>): Announcement | null;
  /** This process keeps something, and wants to know. */
  hold(holder: Holder): void;
  /** Whether what is kept may be relied on. */
  isFresh(): boolean;
  close(): Promise<void>;
}

export interface Announcement {
  /** Tells the other processes. To be sent right behind the commit, and not to be waited for. */
  readonly statement: Statement;
  /** Tells this one, once the change is made and before anybody is answered so. */
  readonly forget: () => void;
}

interface Holder {
  /** It may hear of the same change twice, and of two that were made at once in another order than others do. */
  changed(change: string, tags: readonly string[]): void;
  /** Changes may have been missed until now, and none will be from now on. */
  restarted(): void;
}

/** Milliseconds. Nobody keeps anything for longer. */
export const LONGEST_LIFE = 5000;

const CHANNEL = 'lazy_foundry_changes';
/** As many as fit into a notification's 8,000 bytes. */
const MOST_TAGS = 150;
/** The number of a change, and its tags: what else is on the channel is a greeting. */
const CHANGE = /^([0-9a-f]{12}) (.+)$/;

/**
 * Announcements are of no use to a database that comes up after a crash, so none waits for the disk. For the one
 * transaction: a setting of the connection would, behind a pooler, become one of somebody else's.
 */
const NOTIFY = prepared(
  `select pg_notify($1, payload), set_config('synchronous_commit', 'off', true) from unnest($2::text[]) as payload`,
);

interface Deps {
  readonly newClient: () => pg.Client;
  /** By any connection but the feed's. @throws Error */
  readonly run: (statement: Statement) => Promise<unknown>;
  /** Nobody is told of anything. */
  readonly silent: boolean;
}

export function makeChangeFeed({ newClient, run, silent }: Deps): ChangeFeed {
  let holder: Holder | null = null;
  let listener: Listener | null = null;
  const heard = (payload: string): void => {
    const [, change = '', tags = ''] = CHANGE.exec(payload) ?? [];
    if (change !== '') holder?.changed(change, tags.split(' '));
  };
  return {
    announcement: (tags) => {
      const payloads = silent ? [] : payloadsOf([...new Set(tags)]);
      if (payloads.length === 0) return null;
      return {
        statement: { ...NOTIFY, values: [CHANNEL, payloads] },
        forget: () => {
          payloads.forEach(heard);
        },
      };
    },
    hold: (given) => {
      if (listener !== null) throw new Error('A feed is held once.');
      holder = given;
      listener = makeListener({
        channel: CHANNEL,
        newClient,
        notify: (greeting) => run({ ...NOTIFY, values: [CHANNEL, [greeting]] }),
        heard,
        restarted: () => {
          given.restarted();
        },
      });
    },
    isFresh: () => listener?.isFresh() === true,
    close: async () => {
      await listener?.close();
    },
  };
}

/** Each under a number of its own, by which whoever hears of it twice knows it again. */
function payloadsOf(tags: readonly Tag[]): readonly string[] {
  const payloads = [];
  for (let at = 0; at < tags.length; at += MOST_TAGS) {
    payloads.push([randomBytes(6).toString('hex'), ...tags.slice(at, at + MOST_TAGS)].join(' '));
  }
  return payloads;
}
