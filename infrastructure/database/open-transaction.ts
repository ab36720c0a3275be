import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { isOutdated } from './retry.ts';
import { type Result, type Statement, gatherWrites, runOn } from './statement.ts';

export interface RunOptions {
  /** May throw: then nothing of the transaction is kept. */
  readonly check?: (result: { readonly count: number }) => void;
  /** What an error is told as. */
  readonly explain?: (error: unknown) => unknown;
}

/**
 * A transaction on a connection of the pool. It begins with its first statement. Statements go out as they come, without
 * waiting for those before them: what is asked for in one turn of the event loop, the commit too, is one round trip.
 */
export class OpenTransaction {
  readonly #connect: () => Promise<pg.PoolClient>;
  #begun: Promise<pg.PoolClient> | null = null;
  #hasEnded = false;
  /** What has failed, whether or not anybody heard of it: nothing may be kept any more. */
  #failure: { readonly error: unknown } | null = null;

  constructor(connect: () => Promise<pg.PoolClient>) {
    this.#connect = connect;
  }

  /** Runs it behind all that was asked for before. @throws what the first fault of the transaction is told as */
  async run(statement: Statement, { check, explain }: RunOptions): Promise<Result<unknown>> {
    if (this.#hasEnded) throw new Error('This transaction has ended: whoever works in it must be awaited.');
    this.#expectSound();
    try {
      // All wait for the same promise, and so go on in the order in which they came.
      this.#begun ??= this.#begin();
      const result = await runOn(await this.#begun, statement);
      check?.(result);
      return result;
    } catch (error) {
      // PostgreSQL refuses what comes behind a failed statement: the first fault is the cause of all others.
      this.#failure ??= { error: explain === undefined ? error : explain(error) };
      throw this.#failure.error;
    }
  }

  /**
   * Commits when `work` resolves, and takes everything back when it throws. `announcement` is sent with the commit, and
   * nobody waits for it. @throws what anything in it failed with
   */
  async keep<T>(work: () => Promise<T>, announcement: () => readonly Statement[]): Promise<T> {
    try {
      const result = await work();
      await this.#commit(announcement);
      return result;
    } catch (error) {
      await this.#rollBack(error);
      // What failed without anybody waiting for it counts as well.
      this.#expectSound();
      throw error;
    }
  }

  async #begin(): Promise<pg.PoolClient> {
    const client = await this.#connect();
    gatherWrites(client);
    client.query('begin').catch((error: unknown) => {
      this.#failure ??= { error };
    });
    return client;
  }

  async #commit(announcement: () => readonly Statement[]): Promise<void> {
    this.#expectSound();
    // From here on nothing joins it: what came after the commit would be kept whatever happens.
    this.#hasEnded = true;
    const client = await this.#begun;
    if (client !== null) {
      gatherWrites(client);
      const committed = client.query('commit');
      const told = Promise.allSettled(announcement().map((statement) => runOn(client, statement)));
      const { command } = await committed;
      // PostgreSQL takes the commit of what failed for a rollback, and has told before what it was.
      if (command !== 'COMMIT') await nextTurn();
      this.#expectSound();
      void told.then(() => {
        client.release();
      });
    }
  }

  #expectSound(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Never throws: where it cannot be told, the connection ends, and the transaction with it. */
  async #rollBack(cause: unknown): Promise<void> {
    this.#hasEnded = true;
    const client = await this.#begun?.catch(() => null);
    if (client == null) return;
    const isDone = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!isDone || isOutdated(cause));
  }
}
