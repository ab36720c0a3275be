import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type pg from 'pg';
import type { LogFields } from '../../../core/shared/logger.ts';
import { codesOf } from '../explain-fault.ts';
import { makeAnnouncer } from './announcer.ts';
import { makeFeedConnection } from './feed-connection.ts';
import { makeLease } from './lease.ts';
import { WRITERS_LEASE } from './lifetimes.ts';
import type { Tag } from './tag.ts';

/**
 * Tells every process that keeps something what was changed, by PostgreSQL's LISTEN and NOTIFY: whoever writes, the
 * command line too, has a connection to it. See docs/decisions/0007-cache-and-its-invalidation.md.
 */
export interface ChangeFeed {
  /**
   * After the commit: resolves when nothing that the change has made stale is answered any more, here or elsewhere.
   * Never fails.
   */
  announce(tags: Iterable<Tag>): Promise<void>;
  /** There will be something to announce: connects meanwhile. */
  prepare(): void;
  /** This process keeps something, and wants to know. */
  hold(holder: Holder): void;
  /** Whether what is kept may be relied on. */
  isFresh(): boolean;
  close(): Promise<void>;
}

interface Holder {
  /** Changed here. Nothing with these tags is good until the change is released. */
  changing(change: string, tags: readonly Tag[]): void;
  released(change: string, tags: readonly Tag[]): void;
  /** Changed, here or elsewhere; all holders hear this in the same order. */
  changed(version: string, tags: readonly Tag[]): void;
  /** Changes may have been missed until now, and none will be from now on. */
  restarted(): void;
}

const CHANGES = 'lazy_foundry_changes';

/**
 * Announcements are of no use to a database that comes up after a crash, so no commit needs to wait for the disk. For the
 * one transaction: a setting of the connection would, behind a pooler, become one of somebody else's.
 */
const LAZILY = `set_config('synchronous_commit', 'off', true)`;

/**
 * In one statement: who may rely on what it keeps is told, and named. Nobody is told where there is nobody, which is
 * cheaper than a NOTIFY. By the time at which the statement began, as what it sees is not older than that.
 */
const TELL = `
  select id, pg_notify($1, $2), ${LAZILY} from change_holders
  where id <> $3 and seen_at > statement_timestamp() - $4 * interval '1 millisecond'`;

/** The holder's lease begins, for the writers, when it can be seen. */
const ASK = `
  with seen as (
    insert into change_holders (id, seen_at) values ($1, clock_timestamp())
    on conflict (id) do update set seen_at = excluded.seen_at returning 1
  ) select pg_notify($2, $3), ${LAZILY} from seen`;

const ACKNOWLEDGE = `
  select pg_notify(channel, payload), ${LAZILY} from unnest($1::text[], $2::text[]) as ack (channel, payload)`;
const FORGET = `delete from change_holders where id = $1 or seen_at < clock_timestamp() - interval '1 hour'`;

/** The migration that makes the table was not applied, or undone: no lease can begin, and one that runs will end. */
const NO_TABLE = '42P01';
/** Never answers, and so is waited for as long as any lease lasts. */
const SOMEBODY = 'somebody';

interface Deps {
  readonly newClient: (stream: () => Socket) => pg.Client;
  readonly warn: (event: string, fields: LogFields) => void;
}

export function makeChangeFeed({ newClient, warn }: Deps): ChangeFeed {
  const me = randomUUID();
  let holder: Holder | null = null;
  let isClosed = false;

  const connection = makeFeedConnection(newClient, {
    greeting: () => {
      const channels = holder === null ? [channelOf(me)] : [channelOf(me), CHANGES];
      return channels.map((channel) => `listen "${channel}"`).join('; ');
    },
    opened: () => {
      if (holder !== null) lease.begin();
    },
    lost: () => {
      lease.end();
    },
    heard: (channel, payload) => {
      if (channel === CHANGES) hearChange(payload);
      else hearMine(payload);
    },
  });

  const lease = makeLease({
    ask: (number) => {
      const values = [me, channelOf(me), `asked ${number}`];
      // A connection that is lost ends the lease by itself.
      connection.run({ name: 'feed-ask', text: ASK, values }).catch(() => undefined);
    },
    restarted: () => {
      holder?.restarted();
    },
    silent: () => {
      connection.drop();
    },
  });

  const announcer = makeAnnouncer({
    tell: async (number, tags) => {
      const values = [CHANGES, [me, number, ...tags].join(' '), me, WRITERS_LEASE];
      try {
        const holders = await connection.run<{ id: string }>({ name: 'feed-tell', text: TELL, values });
        return holders.map(({ id }) => id);
      } catch (error) {
        if (codesOf(error).includes(NO_TABLE)) return [SOMEBODY];
        throw error;
      }
    },
    changing: (batch, tags) => {
      holder?.changing(`${me}/${batch}`, tags);
    },
    settled: (batch, tags) => {
      holder?.released(`${me}/${batch}`, tags);
    },
    gaveUp: (error) => {
      const [code = ''] = codesOf(error);
      warn('change_unannounced', { message: 'A change could not be announced to other servers in time', code });
    },
  });

  const hearMine = (payload: string): void => {
    const [kind, of = '', number = of] = payload.split(' ');
    if (kind === 'asked') lease.returned(Number(number));
    if (kind === 'ack') announcer.acknowledged(of, Number(number));
  };

  /** Of each writer, up to which of its announcements everything was heard. */
  const unacknowledged = new Map<string, string>();
  let isAcknowledging = false;
  const hearChange = (payload: string): void => {
    const [writer = '', number = '', ...tags] = payload.split(' ');
    holder?.changed(`${writer}.${number}`, tags.filter(isTag));
    if (writer === me) return;
    unacknowledged.set(writer, number);
    void acknowledge();
  };
  const acknowledge = async (): Promise<void> => {
    if (isAcknowledging) return;
    isAcknowledging = true;
    while (unacknowledged.size > 0) {
      const all = [...unacknowledged];
      unacknowledged.clear();
      const channels = all.map(([writer]) => channelOf(writer));
      const payloads = all.map(([, number]) => `ack ${me} ${number}`);
      // Where it fails the connection is lost or worse, and the writers wait no longer than this lease lasts.
      await connection
        .run({ name: 'feed-acknowledge', text: ACKNOWLEDGE, values: [channels, payloads] })
        .catch(() => undefined);
    }
    isAcknowledging = false;
  };

  return {
    announce: (tags) => announcer.announce(tags),
    prepare: () => {
      if (!connection.isOpen) connection.run({ name: '', text: 'select 1', values: [] }).catch(() => undefined);
    },
    hold: (given) => {
      if (holder !== null || connection.isOpen) throw new Error('A feed is held once, before it is used.');
      holder = given;
      connection.stay();
    },
    isFresh: () => holder !== null && !isClosed && lease.isValid(),
    close: async () => {
      isClosed = true;
      announcer.close();
      // So that no writer waits for this holder.
      if (holder !== null && connection.isOpen) {
        await connection.run({ name: '', text: FORGET, values: [me] }).catch(() => undefined);
      }
      await connection.close();
    },
  };
}

function channelOf(process: string): string {
  return `lazy_foundry_${process.replaceAll('-', '')}`;
}

function isTag(text: string): text is Tag {
  return text.startsWith('campaign:') || text.startsWith('user:');
}
