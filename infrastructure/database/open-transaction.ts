import type pg from 'pg';
import { type Result, type Statement, StatementRun } from './statement-run.ts';

/** What a failed write is told as. */
export type Explain = (error: unknown) => unknown;

interface Written {
  readonly statement: Statement;
  readonly explain: Explain;
}

const BEGIN: Statement = { name: 'begin', text: 'begin', values: [] };
const COMMIT: Statement = { name: 'commit', text: 'commit', values: [] };
const ROLLBACK: Statement = { name: 'rollback', text: 'rollback', values: [] };

/**
 * A transaction on a connection of the pool. It begins with its first statement, and what nobody waits for goes out with
 * the next one that somebody does, or with the commit: waking PostgreSQL up, and being woken by it, costs more than most
 * statements.
 */
export class OpenTransaction {
  /** Some statement failed because its connection had an outdated idea of it: the whole may succeed a second time. */
  wasOutdated = false;
  readonly #pool: pg.Pool;
  #client: Promise<pg.PoolClient> | null = null;
  #written: Written[] = [];
  #hasBegun = false;
  #hasEnded = false;
  /** What has failed, whether or not anybody heard of it: nothing may be kept any more. */
  #failure: { readonly error: unknown } | null = null;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Runs it behind all that was written. @throws what a write before it is told as, or its own error */
  async run(statement: Statement): Promise<Result> {
    const results = await this.#send(statement);
    return results.at(-1) ?? { rows: [], count: 0 };
  }

  /** Is sent later. Where it fails, the next statement does, or the commit, with the error as it is explained. */
  write(statement: Statement, explain: Explain): void {
    this.#expectOpen();
    this.#written.push({ statement, explain });
  }

  /** Commits when `work` resolves, and takes everything back when it throws. @throws what anything in it failed with */
  async keep<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      await this.#commit();
      return result;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  async #commit(): Promise<void> {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#hasBegun || this.#written.length > 0) await this.#send(COMMIT);
    this.#hasEnded = true;
    await this.#giveBack(false);
  }

  /** Never throws: where it cannot be told, the connection ends, and the transaction with it. */
  async #rollBack(): Promise<void> {
    this.#hasEnded = true;
    try {
      const client = await this.#client;
      if (this.#hasBegun) {
        const rollback = new StatementRun([ROLLBACK]);
        client?.query(rollback);
        await rollback.results;
      }
      await this.#giveBack(false);
    } catch {
      await this.#giveBack(true);
    }
  }

  async #send(last: Statement): Promise<readonly Result[]> {
    this.#expectOpen();
    this.#client ??= this.#pool.connect();
    try {
      const client = await this.#client;
      const before = this.#hasBegun ? [] : [BEGIN];
      const written = this.#written;
      this.#written = [];
      const run = new StatementRun([...before, ...written.map(({ statement }) => statement), last]);
      this.#hasBegun = true;
      client.query(run);
      try {
        return await run.results;
      } catch (error) {
        this.wasOutdated ||= run.wasOutdated;
        throw written[run.at - before.length]?.explain(error) ?? error;
      }
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  #expectOpen(): void {
    if (this.#hasEnded) throw new Error('This transaction has ended: whoever works in it must be awaited.');
  }

  async #giveBack(isBroken: boolean): Promise<void> {
    const client = await this.#client?.catch(() => null);
    this.#client = null;
    client?.release(isBroken);
  }
}
