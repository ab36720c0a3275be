import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import type { Loss, Migrations, Revert } from '../../core/shared/migrations.ts';
import { readConfig } from '../../infrastructure/config/config.ts';
import { openApplication } from '../../infrastructure/container/application.ts';
import type { ConnectionTarget, Database } from '../../infrastructure/database/database.ts';
import { MIGRATIONS_FOLDER, isTransactional, migrationNames } from '../../infrastructure/database/migrations-folder.ts';
import { makeMigrations } from '../../infrastructure/database/migrations.ts';
import { revertLast } from '../../infrastructure/database/revert-migration.ts';
import { ask } from '../support/ask.ts';
import { databaseUrl, openTestDatabase, testCluster } from '../support/test-cluster.ts';

const GUARD_ACCOUNTS = '20261123200000-guard-accounts';
const NOW = '2026-11-23T19:00:00.123Z';

describe('a database', () => {
  let target: ConnectionTarget;
  let database: Database;
  let migrations: Migrations;
  beforeEach(async () => {
    target = await (await testCluster()).migrated();
    database = await openTestDatabase(target);
    migrations = makeMigrations(database, target, '0.2.0');
  });
  afterEach(() => database.close());

  const approved = (): Promise<void> => Promise.resolve();
  const faultOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  const applied = async (): Promise<readonly string[]> =>
    (await migrations.status()).flatMap(({ name, executedAt }) => (executedAt === null ? [] : [name]));
  const downTo = async (name: string): Promise<void> => {
    while ((await applied()).at(-1) !== name) await migrations.down(approved);
  };

  describe('that is newer than the program', () => {
    const UNKNOWN = '20991231235959-add-dragons';
    const makeNewer = async (version: string | null): Promise<void> => {
      await ask(database, `insert into migrations (name) values ('${UNKNOWN}')`);
      await ask(database, `comment on table migrations is ${version === null ? 'null' : `'${version}'`}`);
    };

    it('is refused by every command and server, with the version that it needs', async () => {
      await makeNewer('0.3.1');
      const config = readConfig({ DATABASE_URL: databaseUrl(target), JWT_SECRET: 'x'.repeat(32) }, 'command');
      const silent = (): void => undefined;
      const logger = { error: silent, warn: silent, info: silent, debug: silent };
      const fault = await faultOf(openApplication({ config, logger, name: 'tests', version: '0.2.0' }));
      expect(fault).to.include({ code: 'unavailable' });
      expect(String(fault)).to.contain(UNKNOWN).and.contain('Use version 0.3.1 or later').and.contain('0.2.0');
    });

    it('is neither migrated nor reverted', async () => {
      await makeNewer('0.3.1');
      await ask(database, `delete from migrations where name = '${(await migrationNames()).at(-1) ?? ''}'`);
      const before = await ask(database, 'select name from migrations order by id');
      for (const work of [() => migrations.up(), () => migrations.down(approved)]) {
        expect(String(await faultOf(work()))).to.contain('Use version 0.3.1 or later');
      }
      expect(await ask(database, 'select name from migrations order by id')).to.deep.equal(before);
    });

    for (const version of [null, '0.2.0']) {
      it(`says that a later build is needed where the version says nothing: ${String(version)}`, async () => {
        await makeNewer(version);
        expect(String(await faultOf(migrations.down(approved)))).to.contain('Use a later build here');
      });
    }

    it('was made so by a program that left its version', async () => {
      await migrations.down(approved);
      await makeMigrations(database, target, "0.3.0-it's").up();
      const [row] = await ask(database, `select obj_description('migrations'::regclass, 'pg_class') as version`);
      expect(row).to.deep.equal({ version: "0.3.0-it's" });
    });
  });

  describe('that is to be reverted', () => {
    it('tells what is lost, as it is, before anything is', async () => {
      await newUser('anna', 'active');
      await downTo(GUARD_ACCOUNTS);
      let heard: Revert | null = null;
      const before = await applied();
      const fault = await faultOf(
        migrations.down((revert) => {
          heard = revert;
          return Promise.reject(new Error('No.'));
        }),
      );
      expect(String(fault)).to.equal('Error: No.');
      expect(heard).to.deep.equal({
        name: GUARD_ACCOUNTS,
        losses: [
          { kind: 'table', table: 'api_tokens', column: null, count: 0 },
          { kind: 'column', table: 'users', column: 'status', count: 1 },
        ],
      });
      expect(await applied()).to.deep.equal(before);
      expect(await ask(database, 'select status from users')).to.deep.equal([{ status: 'active' }]);
    });

    it('is not while a server is connected, nor when one came while somebody thought about it', async () => {
      const before = await applied();
      let asked = 0;
      const server = await connect('lazy-foundry server 4711');
      const fault = await faultOf(
        migrations.down(() => {
          asked += 1;
          return Promise.resolve();
        }),
      );
      expect(fault).to.include({ code: 'illegal_transition' });
      expect(String(fault)).to.contain('process 4711').and.contain('Stop it');
      expect(asked).to.equal(0);
      await server.end();
      const command = await connect('foundry 4712');
      const late: pg.Client[] = [];
      const second = await faultOf(
        migrations.down(async () => {
          late.push(await connect('lazy-foundry server 4713'));
        }),
      );
      expect(String(second)).to.contain('process 4713');
      for (const each of late) await each.end();
      expect(await applied()).to.deep.equal(before);
      expect(await migrations.down(approved)).to.deep.equal(before.slice(-1));
      await command.end();
    });

    it('lets an index be made concurrently while another process waits for its turn', async () => {
      await migrations.down(approved);
      const other = await openTestDatabase(target);
      const waiting: Promise<readonly string[]>[] = [];
      await migrations.down(async () => {
        waiting.push(makeMigrations(other, target, '0.2.0').up());
        const asking = `select 1 from pg_stat_activity where query like '%pg_%advisory%' and pid <> pg_backend_pid()
                        and application_name = '' and datname = current_database()`;
        while ((await ask(database, asking)).length < 2);
        await ask(database, 'create index concurrently test_index on users (created_at)');
      });
      expect((await Promise.all(waiting)).flat()).to.have.length(2);
      await other.close();
    });

    it('lets no suspended user in, also one who was suspended in the last moment', async () => {
      await newUser('anna', 'active');
      await newUser('bert', 'suspended');
      await downTo(GUARD_ACCOUNTS);
      expect(String(await faultOf(migrations.down(approved)))).to.contain('suspended users (1) would be good again');
      await ask(database, `update users set status = 'active'`);
      const late = faultOf(
        migrations.down(async () => {
          await ask(database, `update users set status = 'suspended' where username = 'anna'`);
        }),
      );
      expect(String(await late)).to.contain('suspended users (1)');
      expect(await ask(database, 'select username from users where status = $1', ['suspended'])).to.deep.equal([
        { username: 'anna' },
      ]);
      await ask(database, `update users set status = 'active'`);
      expect(await migrations.down(approved)).to.deep.equal([GUARD_ACCOUNTS]);
    });

    const reverting = (sql: string, approve: (revert: Revert) => Promise<void> = approved): Promise<unknown> =>
      revertLast(
        {
          migrating: (work, inOneTransaction) =>
            database.migrating(({ em, migrator }) => {
              const down: typeof migrator.down = async (options) => {
                const transaction: unknown =
                  typeof options === 'object' && 'transaction' in options ? options.transaction : undefined;
                await em.getConnection().execute(sql, [], 'all', transaction);
                return [];
              };
              migrator.down = down;
              return work({ em, migrator });
            }, inOneTransaction),
        },
        GUARD_ACCOUNTS,
        approve,
      );

    for (const [column, table] of [
      ['deleted_at', 'campaigns'],
      ['deleted_at', 'sessions'],
      ['deleted_at', 'npcs'],
      ['ended_at', 'sign_ins'],
      ['expires_at', 'sign_ins'],
      ['expires_at', 'api_tokens'],
      ['revoked_at', 'api_tokens'],
    ] as const) {
      it(`brings nothing back that has come to an end: ${table}.${column}`, async () => {
        await fill();
        await ask(database, `alter table ${table} add column if not exists revoked_at timestamptz default now()`);
        await ask(database, `update ${table} set ${column} = now()`);
        const fault = await faultOf(reverting(`alter table ${table} drop column ${column}`));
        expect(fault).to.include({ code: 'illegal_transition' });
        expect(String(fault)).to.contain(`${table} with ${column}`);
        await ask(database, `select ${column} from ${table}`);
      });
    }

    it('goes on where nothing in such a column has come to an end, or the whole table goes', async () => {
      await fill();
      const sql = 'alter table sessions drop column deleted_at; drop table npcs';
      expect(await faultOf(reverting(sql))).to.equal(null);
    });

    it('tells of rows that stay, and are changed or deleted', async () => {
      await fill();
      let losses: readonly Loss[] | null = [];
      const sql = `update sessions set title = 'x'; delete from sign_ins; alter table npcs drop column background`;
      await reverting(sql, (revert) => {
        losses = revert.losses;
        return Promise.resolve();
      });
      expect(losses).to.deep.equal([
        { kind: 'column', table: 'npcs', column: 'background', count: 0 },
        { kind: 'rows', table: 'sessions', column: null, count: 1 },
        { kind: 'rows', table: 'sign_ins', column: null, count: 1 },
      ]);
    });

    it('on the whole way down keeps out whoever was kept out', async () => {
      await fill();
      await newUser('bert', 'suspended');
      await ask(database, 'update campaigns set deleted_at = now()');
      await ask(database, 'update sign_ins set ended_at = now()');
      const open = {
        users: `select 1 from users where username = 'bert' and coalesce(to_jsonb(users) ->> 'status', '') <> 'suspended'`,
        campaigns: `select 1 from campaigns where to_jsonb(campaigns) ->> 'deleted_at' is null`,
        sign_ins: `select 1 from sign_ins where to_jsonb(sign_ins) ->> 'ended_at' is null`,
      };
      for (let names = await applied(); names.length > 0; names = await applied()) {
        if ((await faultOf(migrations.down(approved))) !== null) {
          await ask(database, `delete from users where username = 'bert'`);
          await migrations.down(approved);
        }
        for (const [table, letIn] of Object.entries(open)) {
          const [found] = await ask(database, 'select to_regclass($1) is not null as present', [table]);
          if (found?.present === true)
            expect(await ask(database, letIn), `${table} after ${names.at(-1) ?? ''}`).to.deep.equal([]);
        }
      }
    });
  });

  it('is not tried out where that cannot be taken back, and such a migration only has to do with indexes', async () => {
    for (const name of await migrationNames()) {
      if (await isTransactional(name)) continue;
      const source = await readFile(join(MIGRATIONS_FOLDER, `${name}.ts`), 'utf8');
      for (const [, statement] of source.matchAll(/addSql\(\s*[`'"]([^`]*?)[`'"]/g)) {
        expect(statement, name).to.match(/^(?:create (?:unique )?|drop )index concurrently /i);
      }
    }
    expect(await isTransactional(GUARD_ACCOUNTS)).to.equal(true);
  });

  const connect = async (name: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: databaseUrl(target), application_name: name });
    await client.connect();
    return client;
  };

  const newUser = async (name: string, status: string): Promise<void> => {
    await ask(
      database,
      `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version, status)
       values (gen_random_uuid(), $1 || '@x', $1, $1, '', $2, $2, 1, $3)`,
      [name, NOW, status],
    );
  };

  /** A row of everything that can come to an end. */
  const fill = async (): Promise<void> => {
    await newUser('anna', 'active');
    for (const sql of [
      `insert into campaigns (id, name, player_count, party_level, status, owner_id, created_at, updated_at, version)
       select gen_random_uuid(), 'x', 1, 1, 'active', id, now(), now(), 1 from users`,
      `insert into sessions (id, campaign_id, session_number, title, time_zone, status, created_at, updated_at, version)
       select gen_random_uuid(), id, 1, 'a', 'UTC', 'planned', now(), now(), 1 from campaigns`,
      `insert into npcs (id, campaign_id, name, tags, visibility, visible_to, created_at, updated_at, version, motivations, disposition, status)
       select gen_random_uuid(), id, 'x', '{}', 'gm', '{}', now(), now(), 1, '{}', 'unknown', 'alive' from campaigns`,
      `insert into sign_ins (id, user_id, created_at, last_used_at, expires_at)
       select gen_random_uuid(), id, now(), now(), now() from users`,
      `insert into api_tokens (id, user_id, name, hash, scopes, prefix, created_at)
       select gen_random_uuid(), id, 'x', 'x', '{sessions:read}', 'x', now() from users`,
    ]) {
      await ask(database, sql);
    }
  };
});
