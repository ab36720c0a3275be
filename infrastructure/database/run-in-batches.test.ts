import { expect } from 'chai';
import { type Kysely, sql } from 'kysely';
import { v7 as uuid } from 'uuid';
import { type QueryDatabase, openQueryDatabase } from '../../test/support/query-database.ts';
import { storedUser } from '../contracts/stored.ts';
import { type Values, prepare } from './prepared-statement.ts';
import type { UserTables } from './user-repository.ts';
import { ask } from '../../test/support/ask.ts';

interface Wanted {
  readonly id: string;
  readonly email: string | null;
}

describe('prepared statements', () => {
  let stored: QueryDatabase;
  beforeEach(async () => {
    stored = await openQueryDatabase();
  });
  afterEach(() => stored.database.close());

  const byId = () =>
    prepare(stored.database, (tables: Kysely<UserTables>, { has, of }: Values<Wanted>) =>
      tables
        .selectFrom('users')
        .selectAll()
        .where('id', '=', of('id'))
        .$if(has('email'), (query) => query.where('email', '=', of('email'))),
    );
  const outcomes = (runs: readonly Promise<readonly { readonly email: string }[]>[]): Promise<string[]> =>
    Promise.all(
      runs.map((run) =>
        run.then(
          (rows) => rows.map(({ email }) => email).join(),
          (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
        ),
      ),
    );

  it('answer each run what it asked for, many at once, in one batch and in several', async () => {
    const users = await Promise.all(Array.from({ length: 30 }, () => storedUser(stored)));
    const find = byId();
    for (let round = 0; round < 2; round += 1) {
      expect(await outcomes(users.map(({ id }) => find({ id, email: null })))).to.deep.equal(
        users.map(({ email }) => email),
      );
    }
    expect(await find({ id: uuid(), email: null })).to.deep.equal([]);
  });

  it('leave out the clause of a value that is null', async () => {
    const { id, email } = await storedUser(stored);
    const find = byId();
    expect(
      await outcomes([find({ id, email }), find({ id, email: null }), find({ id, email: 'other' })]),
    ).to.deep.equal([email, email, '']);
  });

  it('fail alone, even where the statement was being prepared for the others', async () => {
    const user = await storedUser(stored);
    const find = byId();
    const ids = ['no id', user.id, 'nor this', user.id];
    for (let round = 0; round < 3; round += 1) {
      expect(await outcomes(ids.map((id) => find({ id, email: null })))).to.deep.equal([
        '22P02',
        user.email,
        '22P02',
        user.email,
      ]);
    }
  });

  it('change a row once, though the run that was to prepare them failed', async () => {
    const few = await openQueryDatabase({ connections: 1 });
    const { id, version } = await storedUser(few);
    const text = 'update users set version = version + 1 where id = $1 returning version';
    const bump = (given: string) => few.database.run<{ version: number }>({ name: 'bump', text, values: [given] });
    expect(await bump('no id').catch((error: unknown) => String(error))).to.include('uuid');
    expect((await bump(id)).rows).to.deep.equal([{ version: version + 1 }]);
    await few.database.close();
  });

  it('are prepared once a connection', async () => {
    const few = await openQueryDatabase({ connections: 1 });
    const { id } = await storedUser(few);
    const find = prepare(few.database, (tables: Kysely<UserTables>, { of }: Values<{ readonly id: string }>) =>
      tables.selectFrom('users').selectAll().where('id', '=', of('id')),
    );
    for (let run = 0; run < 5; run += 1) await Promise.all([find({ id }), find({ id })]);
    const rows = await ask<{ n: string; plans: string }>(
      few.database,
      `select count(*) as n, sum(generic_plans + custom_plans) as plans from pg_prepared_statements where statement like '%"users".*%' or statement like '%from "users"%'`,
    );
    expect(rows[0]).to.deep.include({ n: '1', plans: '10' });
    await few.database.close();
  });

  it('go on when a migration has changed the table since', async () => {
    const { id, email } = await storedUser(stored);
    const find = byId();
    await outcomes(Array.from({ length: 40 }, () => find({ id, email: null })));
    await ask(stored.database, `alter table users add column pronouns text not null default 'they'`);

    expect(new Set(await outcomes(Array.from({ length: 40 }, () => find({ id, email: null }))))).to.deep.equal(
      new Set([email]),
    );
    const [row] = await find({ id, email: null });
    expect(row).to.have.property('pronouns', 'they');
  });

  it('see what their own transaction has written', async () => {
    const find = byId();
    await stored.database.transactional(async () => {
      const { id, email } = await storedUser(stored);
      expect(await outcomes([find({ id, email: null })])).to.deep.equal([email]);
    });
  });

  it('go on after their connection was lost', async () => {
    const { id, email } = await storedUser(stored);
    const find = byId();
    await find({ id, email: null });
    await ask(
      stored.database,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await outcomes([find({ id, email: null })]);
    expect(await outcomes([find({ id, email: null })])).to.deep.equal([email]);
  });

  it('take no parameter that they do not know how to write', async () => {
    const find = prepare(stored.database, (tables: Kysely<UserTables>) =>
      tables
        .selectFrom('users')
        .select('email')
        .where(sql<boolean>`id = ${{ id: uuid() }}`),
    );
    expect((await outcomes([find({})]))[0]).to.match(/^TypeError: A parameter/);
    const { id, email } = await storedUser(stored);
    expect(await outcomes([byId()({ id, email: null })])).to.deep.equal([email]);
  });
});
