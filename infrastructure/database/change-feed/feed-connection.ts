import { Socket } from 'node:net';
import type pg from 'pg';

/** A connection outside of the pool, which hears notifications and is there again after it was lost. */
export interface FeedConnection {
  /** Runs a statement after those before it, having connected first where need be. @throws Error */
  run<R extends pg.QueryResultRow>(statement: Statement): Promise<readonly R[]>;
  /** Whether it is connected. */
  readonly isOpen: boolean;
  /** From now on it connects by itself, and again whenever it was lost. */
  stay(): void;
  /** It does not answer: another one may. */
  drop(): void;
  close(): Promise<void>;
}

interface Statement {
  /** By which the connection knows the statement once it has prepared it. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Events {
  /** Runs on each new connection before anything else. */
  readonly greeting: () => string;
  readonly opened: () => void;
  readonly lost: () => void;
  readonly heard: (channel: string, payload: string) => void;
}

/** Milliseconds. */
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 2000;
const CLOSING = 1000;
/** A statement that takes longer has lost its connection, whether or not that shows. */
const SILENCE = 2000;

export function makeFeedConnection(
  newClient: (stream: () => Socket) => pg.Client,
  { greeting, opened, lost, heard }: Events,
): FeedConnection {
  let current: Promise<Link> | null = null;
  let open: Link | null = null;
  let stays = false;
  let isClosed = false;
  let failures = 0;
  /** One after the other, as the driver wants it. */
  let last: Promise<unknown> = Promise.resolve();
  let waking: NodeJS.Timeout | null = null;

  const forget = (link: Link): void => {
    if (open !== link) return;
    open = null;
    current = null;
    lost();
    wakeLater();
  };
  const connect = async (): Promise<Link> => {
    const socket = new Socket();
    const link = { client: newClient(() => socket), socket };
    const { client } = link;
    // An error always ends the connection; without a listener it would end the process as well.
    client.on('error', () => undefined);
    client.on('end', () => {
      forget(link);
    });
    client.on('notification', ({ channel, payload = '' }) => {
      heard(channel, payload);
    });
    try {
      await client.connect();
      await client.query(greeting());
    } catch (error) {
      current = null;
      socket.destroy();
      wakeLater();
      throw error;
    }
    failures = 0;
    open = link;
    opened();
    return link;
  };
  const linked = (): Promise<Link> => {
    if (isClosed) return Promise.reject(new Error('The change feed is closed.'));
    current ??= connect();
    return current;
  };
  const runNow = async <R extends pg.QueryResultRow>({ name, text, values }: Statement): Promise<readonly R[]> => {
    const link = await linked();
    const late = setTimeout(() => {
      if (open === link) drop();
    }, SILENCE);
    try {
      const { rows } = await link.client.query<R>({ name, text, values: [...values] });
      return rows;
    } finally {
      clearTimeout(late);
    }
  };
  const drop = (): void => {
    const dropped = open;
    if (dropped === null) return;
    forget(dropped);
    // Without a goodbye, which a connection that stands still would wait for.
    dropped.socket.destroy();
  };
  const wakeLater = (): void => {
    if (!stays || isClosed || waking !== null) return;
    const pause = Math.min(SHORTEST_PAUSE * 2 ** failures, LONGEST_PAUSE);
    failures += 1;
    waking = setTimeout(() => {
      waking = null;
      // The next try comes after the failure of this one.
      linked().catch(() => undefined);
    }, pause).unref();
  };

  return {
    get isOpen() {
      return open !== null;
    },
    run: <R extends pg.QueryResultRow>(statement: Statement) => {
      const result = last.then(() => runNow<R>(statement));
      last = result.catch(() => undefined);
      return result;
    },
    stay: () => {
      stays = true;
      linked().catch(() => undefined);
    },
    drop,
    close: async () => {
      isClosed = true;
      if (waking !== null) clearTimeout(waking);
      const closing = await current?.catch(() => null);
      if (closing == null) return;
      const cut = setTimeout(() => {
        closing.socket.destroy();
      }, CLOSING);
      await closing.client.end().catch(() => undefined);
      clearTimeout(cut);
    },
  };
}

interface Link {
  readonly client: pg.Client;
  readonly socket: Socket;
}
