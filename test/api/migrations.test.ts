import { expect } from 'chai';
import pg from 'pg';
import type { ConnectionTarget, Database } from '../../infrastructure/database/database.ts';
import type { Migrations } from '../../core/shared/migrations.ts';
import { MIGRATIONS_TABLE, migrationNames } from '../../infrastructure/database/migrations-folder.ts';
import { makeMigrations } from '../../infrastructure/database/migrations.ts';
import { WORLD_SAMPLES, type WorldSample } from '../support/world-samples.ts';
import { openTestDatabase, testCluster } from '../support/test-cluster.ts';
import { ask } from '../support/ask.ts';

const USER = '0198a000-0000-7000-8000-000000000001';
const CAMPAIGN = '0198a000-0000-7000-8000-000000000002';
const SESSION = '0198a000-0000-7000-8000-000000000003';
const SIGN_IN = '0198a000-0000-7000-8000-000000000004';
const INVITE = '0198a000-0000-7000-8000-00000000001e';
const NOBODY = '0198a000-0000-7000-8000-00000000dead';
const NOW = '2026-11-23T19:00:00.123Z';

const approved = (): Promise<void> => Promise.resolve();

type Row = Readonly<Record<string, string | number | null>>;

/** What the tables of all nouns of the world refuse, and the constraint that does. */
const WORLD_CONSTRAINTS: readonly (readonly [Row, string])[] = [
  [{ name: '' }, 'name_check'],
  [{ name: 'x'.repeat(256) }, 'name_check'],
  [{ visibility: 'all' }, 'visibility_check'],
  [{ visibility: 'party', visible_to: `{${USER}}` }, 'visible_to_check'],
  [{ gm_notes: 'x'.repeat(100_001) }, 'gm_notes_check'],
  [{ campaign_id: NOBODY }, 'campaign_id_foreign'],
];

/** Enough to know a schema by: PostgreSQL's own words for every column, index and constraint. */
const CATALOGS = {
  columns: `
    select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as "default", a.attidentity::text as identity,
      a.attgenerated::text as generated
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm')
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped`,
  indexes: `select tablename as "table", indexname as name, indexdef as definition from pg_indexes where schemaname = 'public'`,
  constraints: `
    select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0`,
  others: `
    select relkind::text as kind, relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind not in ('r', 'i', 'p', 'I')`,
  triggers: `select tgrelid::regclass::text as "table", tgname as name from pg_trigger where not tgisinternal`,
} as const;

interface Opened {
  readonly target: ConnectionTarget;
  readonly database: Database;
  readonly migrations: Migrations;
}

describe('the migrations', () => {
  let opened: Database[] = [];
  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    for (const database of opened) await database.close();
  });

  const open = async (target: ConnectionTarget): Promise<Opened> => {
    const database = await openTestDatabase(target);
    opened.push(database);
    return { target, database, migrations: makeMigrations(database, target, '0.0.0') };
  };
  const openMigrated = async (): Promise<Opened> => open(await (await testCluster()).migrated());
  const openEmpty = async (): Promise<Opened> => open(await (await testCluster()).empty());

  describe('and the row schemas', () => {
    for (const catalog of ['columns', 'indexes', 'constraints', 'others', 'triggers'] as const) {
      it(`make the same ${catalog}`, async () => {
        const fresh = await openEmpty();
        await fresh.database.schema.create();
        const migrated = await openMigrated();
        const expected = await catalogOf(fresh.database, catalog);
        expect(await catalogOf(migrated.database, catalog)).to.deep.equal(expected);
        if (catalog !== 'others' && catalog !== 'triggers') expect(expected).to.have.length.greaterThan(8);
      });
    }

    it('leave nothing to be updated', async () => {
      const { database } = await openMigrated();
      // MikroORM 7.2.1 does not see that a trigger guards TRUNCATE too; the audit events' own test compares it.
      const statements = (await database.schema.getUpdateSchemaSQL({ wrap: false }))
        .split('\n')
        .filter((line) => line !== '' && !line.includes('append_only'));
      expect(statements).to.deep.equal([]);
    });

    it('are told apart by these very comparisons', async () => {
      const { database } = await openMigrated();
      const before = await Promise.all(
        (['columns', 'indexes', 'constraints'] as const).map((c) => catalogOf(database, c)),
      );
      for (const change of [
        'alter table users alter column email drop not null',
        'alter table sessions drop constraint sessions_duration_check',
        'drop index sessions_by_date_index',
      ]) {
        await ask(database, change);
      }
      const after = await Promise.all(
        (['columns', 'indexes', 'constraints'] as const).map((c) => catalogOf(database, c)),
      );
      after.forEach((catalog, n) => {
        expect(catalog).not.to.deep.equal(before[n]);
      });
      expect(await database.schema.getUpdateSchemaSQL()).not.to.equal('');
    });
  });

  describe('applied', () => {
    it('by two at once on an empty database, one works and both succeed', async () => {
      const one = await openEmpty();
      const two = await open(one.target);
      const applied = await Promise.all([one.migrations.up(), two.migrations.up()]);
      const names = await migrationNames();
      expect(applied.toSorted((a, b) => a.length - b.length)).to.deep.equal([[], names]);
      expect(await catalogOf(one.database, 'columns')).to.deep.equal(
        await catalogOf((await openMigrated()).database, 'columns'),
      );
    });

    it('wait for whoever holds the lock, and then find nothing left to do', async () => {
      const { target, database, migrations } = await openEmpty();
      const other = await open(target);
      const holder = new pg.Client('url' in target ? { connectionString: target.url } : { ...target, ssl: false });
      await holder.connect();
      try {
        // The lock is taken by number, so that every version of Lazy Foundry, and a hand at psql, can take it.
        await holder.query('select pg_advisory_lock(7229514003)');
        let done = false;
        const waiting = Promise.all([migrations.up(), other.migrations.up()]).then((applied) => {
          done = true;
          return applied.flat();
        });
        await waitFor(async () => {
          const { rows } = await holder.query(
            `select 1 from pg_stat_activity
             where query like 'select pg_try_advisory%' and state = 'idle in transaction' and datname = current_database()`,
          );
          return rows.length === 2;
        });
        expect(done).to.equal(false);
        expect(await catalogOf(database, 'columns')).to.deep.equal([]);
        await holder.query('select pg_advisory_unlock_all()');
        expect(await waiting).to.deep.equal(await migrationNames());
      } finally {
        await holder.end();
      }
    });

    it('a second time change nothing', async () => {
      const { migrations } = await openMigrated();
      expect(await migrations.up()).to.deep.equal([]);
    });

    it('tell when, one after the other, and what is pending', async () => {
      const { migrations } = await openEmpty();
      const names = await migrationNames();
      expect(await migrations.status()).to.deep.equal(names.map((name) => ({ name, executedAt: null })));
      const before = Date.now();
      await migrations.up();
      const after = await migrations.status();
      expect(after.map(({ name }) => name)).to.deep.equal(names);
      for (const { executedAt } of after) {
        // Whole seconds, and the database's clock is this machine's.
        expect(executedAt?.getTime()).to.be.within(before - 2000, Date.now() + 2000);
      }
    });
  });

  it('give a campaign the time zone of its newest session, and leave an older server to add campaigns', async () => {
    const { database, migrations } = await openMigrated();
    const names = ['20261125150000-add-campaign-time-zones', '20261125150100-fill-campaign-time-zones'];
    for (const name of names) await ask(database, `delete from ${MIGRATIONS_TABLE} where name = '${name}'`);
    await ask(database, 'alter table campaigns drop column time_zone');
    const made = { created_at: NOW, updated_at: NOW, version: 1 };
    const user = { id: USER, email: 'a@b', username: 'ann', username_key: 'ann', password_hash: '' };
    await insert(database, 'users', { ...user, ...made });
    const zones = [['Europe/Berlin', 'Asia/Tokyo'], ['Europe/Berlin'], ['Europe/Berlin', 'EST'], []];
    const campaign = { name: 'x', player_count: 1, party_level: 1, status: 'active', owner_id: USER, ...made };
    const idOf = (n: number): string => `0198a000-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`;
    for (const [n, each] of zones.entries()) {
      await insert(database, 'campaigns', { id: idOf(n), ...campaign });
      for (const [at, time_zone] of each.entries()) {
        const session = { campaign_id: idOf(n), session_number: at + 1, title: 'x', status: 'planned', ...made };
        await insert(database, 'sessions', { id: idOf(50 + 10 * n + at), time_zone, ...session });
      }
    }
    expect(await migrations.up()).to.deep.equal(names);
    await insert(database, 'campaigns', { id: idOf(zones.length), ...campaign });
    const { rows } = await database.run<{ timeZone: string }>({
      text: 'select time_zone from campaigns order by id',
      values: [],
    });
    expect(rows.map(({ timeZone }) => timeZone)).to.deep.equal(['Asia/Tokyo', 'Europe/Berlin', 'UTC', 'UTC', 'UTC']);
  });

  it('are reverted one by one to an empty database, and make the same one again', async () => {
    const { database, migrations } = await openMigrated();
    const names = await migrationNames();
    const before = {
      columns: await catalogOf(database, 'columns'),
      indexes: await catalogOf(database, 'indexes'),
      constraints: await catalogOf(database, 'constraints'),
    };
    for (const name of names.toReversed()) {
      expect(await migrations.down(approved)).to.deep.equal([name]);
      expect((await migrations.status()).find((each) => each.name === name)?.executedAt).to.equal(null);
    }
    expect(await catalogOf(database, 'columns')).to.deep.equal([]);
    expect(await catalogOf(database, 'constraints')).to.deep.equal([]);
    expect(await migrations.down(approved)).to.deep.equal([]);
    expect(await migrations.up()).to.deep.equal(names);
    expect({
      columns: await catalogOf(database, 'columns'),
      indexes: await catalogOf(database, 'indexes'),
      constraints: await catalogOf(database, 'constraints'),
    }).to.deep.equal(before);
  });

  describe('make constraints', () => {
    const valid: Readonly<Record<string, Row>> = {
      users: {
        id: USER,
        email: 'a@b',
        username: 'ann',
        username_key: 'ann',
        username_look: 'ann',
        password_hash: '',
        created_at: NOW,
        updated_at: NOW,
        version: 1,
      },
      campaigns: {
        id: CAMPAIGN,
        name: 'x',
        player_count: 1,
        party_level: 1,
        status: 'active',
        owner_id: USER,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
      },
      members: { campaign_id: CAMPAIGN, user_id: USER, role: 'owner', joined_at: NOW },
      session_counters: { campaign_id: CAMPAIGN, last: 0 },
      sessions: {
        id: SESSION,
        campaign_id: CAMPAIGN,
        session_number: 1,
        title: 'x',
        time_zone: 'UTC',
        status: 'planned',
        created_at: NOW,
        updated_at: NOW,
        version: 1,
      },
      session_results: {
        session_id: SESSION,
        campaign_id: CAMPAIGN,
        events: '{}',
        player_decisions: '{}',
        npc_interactions: '[]',
        world_changes: '{}',
        unfinished_threads: '{}',
        xp_awarded: 0,
        loot_awarded: '{}',
        death_count: 0,
        captured_at: NOW,
      },
      invites: {
        id: INVITE,
        campaign_id: CAMPAIGN,
        hash: 'x',
        role: 'player',
        created_by: USER,
        created_at: NOW,
        max_uses: 2,
        uses: 1,
      },
      invite_uses: { invite_id: INVITE, user_id: USER },
      sign_ins: { id: SIGN_IN, user_id: USER, created_at: NOW, last_used_at: NOW, expires_at: NOW },
      refresh_tokens: { hash: 'x', sign_in_id: SIGN_IN },
      ...Object.fromEntries(WORLD_SAMPLES.map((sample) => [sample.noun.plural, worldRow(sample)])),
    };

    let shared: Opened;
    // Each test takes back what it wrote.
    before(async () => {
      const target = await (await testCluster()).migrated();
      const database = await openTestDatabase(target);
      shared = { target, database, migrations: makeMigrations(database, target, '0.0.0') };
    });
    after(() => shared.database.close());

    /** Inserts the valid rows, the last one changed, and answers the constraint that refuses, or null; keeps nothing. */
    const refusalOf = (table: string, values: Row): Promise<string | null> =>
      constraintThatRefuses(shared.database, async (database) => {
        for (const [name, row] of Object.entries<Row>(valid)) {
          await insert(database, name, name === table ? { ...row, ...values } : row);
          if (name === table) return;
        }
      });

    for (const [table, values, constraint] of [
      ['users', { email: 'ab' }, 'users_email_check'],
      ['users', { email: 'x'.repeat(256) }, 'users_email_check'],
      ['users', { username: 'a' }, 'users_username_check'],
      ['users', { username: 'x'.repeat(33) }, 'users_username_check'],
      ['campaigns', { name: '' }, 'campaigns_name_check'],
      ['campaigns', { name: 'x'.repeat(256) }, 'campaigns_name_check'],
      ['campaigns', { description: 'x'.repeat(100_001) }, 'campaigns_description_check'],
      ['campaigns', { player_count: 0 }, 'campaigns_player_count_check'],
      ['campaigns', { player_count: 21 }, 'campaigns_player_count_check'],
      ['campaigns', { party_level: 0 }, 'campaigns_party_level_check'],
      ['campaigns', { party_level: 31 }, 'campaigns_party_level_check'],
      ['campaigns', { status: 'lost' }, 'campaigns_status_check'],
      ['campaigns', { owner_id: NOBODY }, 'campaigns_owner_id_foreign'],
      ['members', { role: 'king' }, 'members_role_check'],
      ['members', { user_id: NOBODY }, 'members_user_id_foreign'],
      ['members', { campaign_id: NOBODY }, 'members_campaign_id_foreign'],
      ['invites', { role: 'owner' }, 'invites_role_check'],
      ['invites', { uses: 3 }, 'invites_uses_check'],
      ['invites', { uses: -1 }, 'invites_uses_check'],
      ['invites', { campaign_id: NOBODY }, 'invites_campaign_id_foreign'],
      ['invites', { created_by: NOBODY }, 'invites_created_by_foreign'],
      ['invite_uses', { invite_id: NOBODY }, 'invite_uses_invite_id_foreign'],
      ['invite_uses', { user_id: NOBODY }, 'invite_uses_user_id_foreign'],
      ['session_counters', { last: -1 }, 'session_counters_last_check'],
      ['session_counters', { campaign_id: NOBODY }, 'session_counters_campaign_id_foreign'],
      ['sessions', { session_number: 0 }, 'sessions_number_check'],
      ['sessions', { session_number: 1_000_001 }, 'sessions_number_check'],
      ['sessions', { title: '' }, 'sessions_title_check'],
      ['sessions', { title: 'x'.repeat(256) }, 'sessions_title_check'],
      ['sessions', { description: 'x'.repeat(100_001) }, 'sessions_description_check'],
      ['sessions', { gm_notes: 'x'.repeat(100_001) }, 'sessions_gm_notes_check'],
      ['sessions', { duration_minutes: 0 }, 'sessions_duration_check'],
      ['sessions', { status: 'lost' }, 'sessions_status_check'],
      ['sessions', { status: 'completed' }, 'sessions_completed_check'],
      ['sessions', { completed_date: NOW }, 'sessions_completed_check'],
      ['sessions', { campaign_id: NOBODY }, 'sessions_campaign_id_foreign'],
      ['session_results', { xp_awarded: -1 }, 'session_results_xp_check'],
      ['session_results', { death_count: -1 }, 'session_results_deaths_check'],
      ['session_results', { duration_minutes: 0 }, 'session_results_duration_check'],
      ['session_results', { mood: 'sleepy' }, 'session_results_mood_check'],
      ['session_results', { session_id: NOBODY }, 'session_results_session_id_foreign'],
      ['session_results', { campaign_id: NOBODY }, 'session_results_campaign_id_foreign'],
      ['sign_ins', { user_agent: 'x'.repeat(256) }, 'sign_ins_user_agent_check'],
      ['sign_ins', { user_id: NOBODY }, 'sign_ins_user_id_foreign'],
      ['refresh_tokens', { rotated_at: NOW }, 'refresh_tokens_rotated_check'],
      ['refresh_tokens', { successor_hash: 'y' }, 'refresh_tokens_rotated_check'],
      ['refresh_tokens', { sign_in_id: NOBODY }, 'refresh_tokens_sign_in_id_foreign'],
      ...WORLD_SAMPLES.flatMap(({ noun: { plural }, constraints }) =>
        [...WORLD_CONSTRAINTS, ...constraints].map(([values, about]): readonly [string, Row, string] => [
          plural,
          values,
          `${plural}_${about}`,
        ]),
      ),
    ] as const) {
      const [column, value] = Object.entries<string | number | null>(values)[0] ?? ['', ''];
      it(`that refuse ${table} with ${column} ${String(value).slice(0, 40)}`, async () => {
        expect(await refusalOf(table, {})).to.equal(null);
        expect(await refusalOf(table, values)).to.equal(constraint);
      });
    }

    for (const [table, values, constraint] of [
      ['users', { id: NOBODY, username: 'bob', username_key: 'bob', username_look: 'bob' }, 'users_email_unique'],
      ['users', { id: NOBODY, email: 'b@b', username: 'ANN' }, 'users_username_unique'],
      ['users', { id: NOBODY, email: 'b@b', username_key: 'bob' }, 'users_username_look_unique'],
      ['users', { email: 'b@b', username_key: 'bob', username_look: 'bob' }, 'users_pkey'],
      ['members', { role: 'gm' }, 'members_pkey'],
      ['sessions', { id: NOBODY }, 'sessions_number_unique'],
      ['invites', { id: NOBODY }, 'invites_hash_unique'],
      ['invite_uses', {}, 'invite_uses_pkey'],
      ['session_results', {}, 'session_results_pkey'],
      ['session_counters', {}, 'session_counters_pkey'],
      ...WORLD_SAMPLES.map(({ noun: { plural } }): readonly [string, Row, string] => [plural, {}, `${plural}_pkey`]),
    ] as const) {
      it(`that refuse a second row: ${constraint}`, async () => {
        const refused = await constraintThatRefuses(shared.database, async (database) => {
          for (const [name, row] of Object.entries<Row>(valid)) await insert(database, name, row);
          await insert(database, table, { ...valid[table], ...values });
        });
        expect(refused).to.equal(constraint);
      });
    }

    it('that refuse NULL wherever a value is needed', async () => {
      const nullable = (await catalogOf(shared.database, 'columns'))
        .filter(({ notNull }) => notNull !== true)
        .map(({ table, column }) => `${String(table)}.${String(column)}`);
      expect(nullable).to.have.members([
        'user_usage.grown_by',
        'api_tokens.expires_at',
        'audit_events.actor_id',
        'audit_events.campaign_id',
        'campaigns.deleted_at',
        'campaigns.description',
        'campaigns.search_key',
        'campaigns.setting',
        'campaigns.system',
        'campaigns.theme',
        'campaigns.tone',
        'idempotency_keys.campaign_id',
        'idempotency_keys.role',
        'invites.expires_at',
        'invites.max_uses',
        'refresh_tokens.rotated_at',
        'refresh_tokens.successor_hash',
        'session_results.duration_minutes',
        'session_results.gm_summary',
        'session_results.mood',
        'session_results.summary',
        'sessions.cancelled_reason',
        'sessions.completed_date',
        'sessions.deleted_at',
        'sessions.description',
        'sessions.duration_minutes',
        'sessions.gm_notes',
        'sessions.scheduled_date',
        'sessions.search_key',
        'sessions.started_at',
        'sign_ins.ended_at',
        'sign_ins.user_agent',
        'users.username_look',
        ...WORLD_SAMPLES.flatMap(({ noun: { plural }, emptied }) =>
          ['deletedAt', 'gmNotes', 'searchKey', 'tagKeys', ...namesOfNull(emptied)].map(
            (field) => `${plural}.${columnOf(field)}`,
          ),
        ),
      ]);
    });

    it('by which a campaign goes with all that is in it, and a user who owns one stays', async () => {
      const { database } = await openMigrated();
      for (const [name, row] of Object.entries<Row>(valid)) await insert(database, name, row);
      const refused = await constraintThatRefuses(database, () => ask(database, 'delete from users'));
      expect(refused).to.equal('campaigns_owner_id_foreign');
      await ask(database, 'delete from campaigns');
      await ask(database, 'delete from users');
      for (const table of Object.keys(valid)) {
        expect(await ask(database, `select * from ${table}`), table).to.deep.equal([]);
      }
    });
  });
});

function worldRow({ noun }: WorldSample): Row {
  const own = Object.entries<unknown>({ ...noun.blank }).map(([field, value]): readonly [string, string | null] => [
    columnOf(field),
    Array.isArray(value) ? '{}' : typeof value === 'string' ? value : null,
  ]);
  const shared = { tags: '{}', visibility: 'gm', visible_to: '{}', created_at: NOW, updated_at: NOW, version: 1 };
  return { id: SESSION, campaign_id: CAMPAIGN, name: 'x', ...shared, ...Object.fromEntries(own) };
}

function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function namesOfNull(values: object): readonly string[] {
  return Object.entries<unknown>({ ...values }).flatMap(([name, value]) => (value === null ? [name] : []));
}

/** Ends a transaction whose writes were all accepted. */
class Taken extends Error {}

/** Writes, takes it back, and answers the constraint that refused, or null. */
async function constraintThatRefuses(
  database: Database,
  write: (database: Database) => Promise<unknown>,
): Promise<string | null> {
  try {
    await database.transactional(async () => {
      await write(database);
      throw new Taken();
    });
  } catch (error) {
    if (error instanceof Taken) return null;
    if (error instanceof Error && 'constraint' in error && typeof error.constraint === 'string') {
      return error.constraint;
    }
    throw error;
  }
  return null;
}

async function insert(
  database: Database,
  table: string,
  row: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await ask(database, `insert into ${table} (${columns.join(', ')}) values (${places})`, Object.values(row));
}

/** In an order of its own: PostgreSQL's is that of creation. The migrations' own table is nobody's schema. */
async function catalogOf(
  database: Database,
  catalog: keyof typeof CATALOGS,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await ask(database, CATALOGS[catalog]);
  return rows
    .filter(({ table, name }) => table !== MIGRATIONS_TABLE && name !== `${MIGRATIONS_TABLE}_id_seq`)
    .map((row) => ({ row, text: JSON.stringify(row) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ row }) => row);
}

/** Asks again until it is so: each question is a round trip, so this does not spin. */
async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error('What was waited for did not come.');
  }
}
