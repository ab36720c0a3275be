import pg from 'pg';

/** What this process asks PostgreSQL, but for what the change feed asks. */
export interface StatementCounter {
  /** How many statements run while `work` does. */
  during(work: () => Promise<unknown>): Promise<number>;
  /** In how many turns of the event loop they are sent: those of one turn do not wait for each other's answers. */
  turnsDuring(work: () => Promise<unknown>): Promise<number>;
  stop(): void;
}

const FEED = /as heard|^listen|pg_notify/;

/** Counts on connections that are opened from now on. */
export function countStatements(): StatementCounter {
  let count = 0;
  let turns = 0;
  let isCounted = false;
  const countTurn = (): void => {
    if (isCounted) return;
    isCounted = true;
    turns += 1;
    setImmediate(() => {
      isCounted = false;
    });
  };
  const { query } = pg.Client.prototype;
  const counting = function (this: pg.Client, ...args: readonly unknown[]): unknown {
    const [asked] = args;
    const text = typeof asked === 'object' && asked !== null && 'text' in asked ? asked.text : asked;
    if (!FEED.test(String(text))) {
      count += 1;
      countTurn();
    }
    return Reflect.apply(query, this, args);
  };
  Object.assign(pg.Client.prototype, { query: counting });
  return {
    during: async (work) => {
      const before = count;
      await work();
      return count - before;
    },
    turnsDuring: async (work) => {
      const before = turns;
      await work();
      return turns - before;
    },
    stop: () => {
      Object.assign(pg.Client.prototype, { query });
    },
  };
}
