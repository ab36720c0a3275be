import { expect } from 'chai';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { databaseUrl, openTestDatabase, testCluster } from '../../test/support/test-cluster.ts';
import { features } from '../container/features.ts';
import { aUser } from '../contracts/builders.ts';
import { faultOf } from '../contracts/fault-of.ts';
import { DomainError } from '../../core/shared/errors.ts';
import { type ConnectionTarget, type Database, openDatabase } from './database.ts';
import { explainFault } from './explain-fault.ts';
import type { DatabasePlace } from './database-url.ts';
import { firstConnection } from './first-connection.ts';
import { type Build, prepare } from './prepared-statement.ts';
import { makeUserRepository } from './user-repository.ts';
import { ask } from '../../test/support/ask.ts';

const ignore = (): void => undefined;

describe('the database', () => {
  let target: ConnectionTarget;
  let database: Database;
  before(async () => {
    target = await (await testCluster()).migrated();
    database = await openTestDatabase(target);
    await ask(database, 'create table pairs (id int primary key, n int not null)');
    await ask(database, 'insert into pairs values (1, 0), (2, 0)');
  });
  after(() => database.close());

  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  /** What an error of the work's means to the caller. */
  const explained = async (
    work: Promise<unknown>,
    alert: (sqlState: string) => void = ignore,
  ): Promise<DomainError> => {
    const error = await failure(work);
    const fault = explainFault(error, alert);
    if (fault === null) throw new Error('This was not explained.', { cause: error });
    return fault;
  };
  const withOtherPool = async <T>(
    pool: { max: number; statementMs?: number; lockMs?: number },
    work: (other: Database) => Promise<T>,
  ): Promise<T> => {
    const other = await openDatabase({
      target,
      rows: features.flatMap(({ rows }) => rows),
      pool: { min: 0, acquireMs: 5000, idleMs: 1000, ...pool },
      applicationName: 'other',
      warn: ignore,
    });
    try {
      return await work(other);
    } finally {
      await other.close();
    }
  };
  /** By a connection that has nothing to do with the transaction around it. */
  const asAnother = async (sql: string): Promise<void> => {
    const client = new pg.Client({ ...target, ssl: false });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  const add = (id: number): Promise<unknown> => ask(database, `update pairs set n = n + 1 where id = ${id}`);
  const addToOne = (values: object): Promise<unknown> =>
    prepare(database, (tables: Kysely<{ pairs: { id: number; n: number } }>) =>
      tables
        .updateTable('pairs')
        .set((eb) => ({ n: eb('n', '+', 1) }))
        .where('id', '=', 1),
    )(values);
  const sum = async (): Promise<number> => {
    const [row] = await ask<{ sum: string }>(database, 'select sum(n) from pairs');
    return Number(row?.sum);
  };

  it('runs a transaction again that lost a deadlock', async () => {
    const before = await sum();
    const bothHold = Promise.withResolvers<null>();
    const oneIsDone = Promise.withResolvers<null>();
    let holding = 0;
    let runs = 0;
    const cross = async (first: number, second: number): Promise<void> => {
      await database.transactional(async () => {
        runs += 1;
        // The loser, again: while the winner has yet to wake up, it could take the row back, and both were locked anew.
        if (runs > 2) await oneIsDone.promise;
        await add(first);
        if ((holding += 1) >= 2) bothHold.resolve(null);
        await bothHold.promise;
        await add(second);
      });
      oneIsDone.resolve(null);
    };
    await Promise.all([cross(1, 2), cross(2, 1)]);

    expect(runs).to.equal(3);
    expect(await sum()).to.equal(before + 4);
  });

  for (const form of ['as it is written', 'as it is built'] as const) {
    it(`runs a transaction again whose statement, ${form}, cannot be serialized`, async () => {
      const before = await sum();
      let runs = 0;
      await database.transactional(async () => {
        runs += 1;
        await ask(database, 'set transaction isolation level repeatable read');
        await ask(database, 'select n from pairs');
        if (runs === 1) await asAnother('update pairs set n = n + 1 where id = 1');
        if (form === 'as it is written') await add(1);
        else await addToOne({});
      });

      expect(runs).to.equal(2);
      expect(await sum()).to.equal(before + 2);
    });
  }

  it('runs it four times at most, and only the outermost', async () => {
    let runs = 0;
    const error = await failure(
      database.transactional(() =>
        database.transactional(async () => {
          runs += 1;
          await ask(database, "do $$ begin raise exception 'x' using errcode = '40001'; end $$");
        }),
      ),
    );
    expect(runs).to.equal(4);
    expect(error).to.have.property('code', '40001');
  });

  it('never runs again after anything else, be it caused by a conflict', async () => {
    const conflict = Object.assign(new Error('serialize'), { code: '40001' });
    for (const thrown of [
      new Error('other'),
      Object.assign(new Error('unique'), { code: '23505' }),
      new DomainError('version_conflict', 'moved on', [], { cause: conflict }),
    ]) {
      let runs = 0;
      const error = await failure(
        database.transactional(() => {
          runs += 1;
          return Promise.reject(thrown);
        }),
      );
      expect([error, runs]).to.deep.equal([thrown, 1]);
    }
  });

  it('lets no statement, no wait for a lock and no idle transaction last', async () => {
    const [row] = await ask<object>(
      database,
      `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
          current_setting('idle_in_transaction_session_timeout') as idle`,
    );
    expect(row).to.deep.equal({ statement: '5s', lock: '2s', idle: '10s' });
  });

  it('lets them last as long as it is told to', async () => {
    const [row] = await withOtherPool({ max: 1, statementMs: 7000, lockMs: 3000 }, (other) =>
      ask(other, "select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock"),
    );
    expect(row).to.deep.equal({ statement: '7s', lock: '3s' });
  });

  it('tells a lock that is held too long, and a statement that takes too long, as passing', async () => {
    const client = new pg.Client({ ...target, ssl: false });
    await client.connect();
    await client.query('begin; lock table pairs');
    const locked = await explained(add(1));
    await client.end();
    const slow = await explained(ask(database, 'select pg_sleep(6)'));
    expect([locked.code, slow.code]).to.deep.equal(['unavailable', 'unavailable']);
  });

  it('tells after a second that all connections are in use, and hands the one back that comes too late', async () => {
    const holder = new pg.Client({ ...target, ssl: false });
    await holder.connect();
    await holder.query('select pg_advisory_lock(7)');
    await withOtherPool({ max: 1, statementMs: 30_000, lockMs: 30_000 }, async (other) => {
      const busy = ask(other, 'select pg_advisory_lock(7)');
      const begun = performance.now();
      const fault = await explained(ask(other, 'select 1'));
      expect(fault.code).to.equal('unavailable');
      expect(performance.now() - begun).to.be.at.least(900);
      await holder.end();
      await busy;
      expect(await ask(other, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
    });
  });

  it('tells a value that PostgreSQL refuses as invalid, and raises an alert without it', async () => {
    const alerts: string[] = [];
    for (const sql of ["select 'canary'::uuid", 'select 99999999999::int']) {
      const fault = await explained(ask(database, sql), (sqlState) => alerts.push(sqlState));
      expect(fault).to.include({ code: 'validation_failed' });
      expect(fault.message).to.not.include('canary');
    }
    expect(alerts).to.deep.equal(['22P02', '22003']);
  });

  it('keeps the values of rows out of every error', async () => {
    const users = makeUserRepository(database);
    const user = aUser({ passwordHash: 'canary-hash' });
    await users.add(user);
    const build = <R>(built: Build<{ users: { id: string; version: number | null } }, object, R>) =>
      prepare(database, built)({});
    const errors = [
      await failure(build((tables) => tables.updateTable('users').set({ version: null }).where('id', '=', user.id))),
      await failure(ask(database, `update users set version = null where id = '${user.id}'`)),
      await failure(ask(database, `update users set username = 'c' where id = '${user.id}'`)),
      await failure(ask(database, "select 'canary-hash'::uuid")),
      await failure(build((tables) => tables.selectFrom('users').selectAll().where('id', '=', 'canary-hash'))),
      await failure(users.add({ ...user, username: 'somebody' })),
    ];
    for (const error of errors) {
      expect(error).to.be.an('error');
      expect(everything(error)).to.not.include('canary').and.not.include(user.email);
    }
    expect(errors[0]).to.include({ code: '23502', table: 'users', column: 'version' });
  });

  describe('at its first connection', () => {
    const place: DatabasePlace = { name: 'PostgreSQL at db:5432, database x', advice: 'Check DATABASE_URL.' };
    const at = async (
      other: ConnectionTarget,
      backoff = [50, 100, 200],
    ): Promise<{ message: string; took: number; told: readonly string[] }> => {
      const told: string[] = [];
      const waiting = (reason: string): void => {
        told.push(reason);
      };
      const unreachable = await openTestDatabase(other);
      const begun = performance.now();
      const { code, message } = await faultOf(firstConnection(unreachable, place, { tryMs: 5000, backoff, waiting }));
      await unreachable.close();
      expect(code).to.equal('unavailable');
      return { message, took: performance.now() - begun, told };
    };

    it('tries again while the database may be about to come, and says so', async () => {
      const { message, took, told } = await at({ url: 'postgresql://me:secret@127.0.0.1:1/x' });
      expect(message).to.equal(
        'PostgreSQL at db:5432, database x, cannot be reached: nothing listens there (ECONNREFUSED). Check DATABASE_URL.',
      );
      expect(told).to.deep.equal([message, message, message]);
      expect(took).to.be.above(340);
    });

    it('tells at once that there is no such database, or no such user', async () => {
      if ('url' in target) throw new Error('The test cluster has a socket.');
      const never = [3_600_000];
      const missing = await at({ ...target, database: 'nowhere' }, never);
      expect(missing.message).to.include('does not exist').and.include('createdb');
      const stranger = await at({ ...target, user: 'nobody-here' }, never);
      expect(stranger.message).to.include('refuses this user');
    });

    it('is made with TLS or not at all where the URL asks for it', async () => {
      const { message } = await at({ url: `${databaseUrl(target)}?sslmode=require` });
      expect(message).to.include('does not offer TLS').and.include('sslmode');
    });
  });
});

/** Whatever an error and its causes tell, hidden fields too. */
function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name)));
  return [error.message, error.stack, ...own, everything(error.cause)].join('\n');
}
