import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import type { Database } from '../../infrastructure/database/database.ts';
import { makeMigrations } from '../../infrastructure/database/migrations.ts';
import { makeUserRepository } from '../../infrastructure/database/user-repository.ts';
import { ask } from '../support/ask.ts';
import { openTestDatabase, testCluster } from '../support/test-cluster.ts';

/* What the migrations make of rows that a server of the version before has written. */

describe('the migrations, of what is stored already', () => {
  let database: Database | null = null;
  afterEach(() => database?.close());

  /** A database as it was before that migration; `up` goes on from there. */
  const before = async (
    first: string,
  ): Promise<{ database: Database; up: () => Promise<unknown>; downTo: (migration: string) => Promise<void> }> => {
    const target = await (await testCluster()).migrated();
    database = await openTestDatabase(target);
    const migrations = makeMigrations(database, target, '0.0.0');
    const downTo = async (migration: string): Promise<void> => {
      while (!(await migrations.down(() => Promise.resolve())).includes(migration));
    };
    await downTo(first);
    return { database, up: () => migrations.up(), downTo };
  };

  it('key user names anew, and of those that are alike now the first has the key', async () => {
    const { database: old, up } = await before('20261125140000-compare-usernames-by-look');
    const users = ['Straße', 'strasse', 'Anna', 'Аnna', 'ANNА2', 'anna2', 'Νίκος', 'Marn', 'mam'].map((username) => ({
      ...{ id: uuid(), username },
      key: username.normalize('NFKC').toLowerCase(),
    }));
    for (const [n, { id, username, key }] of users.entries()) {
      await ask(
        old,
        `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version)
         values ($1, $2, $3, $4, '', now(), now(), 1)`,
        [id, `user-${n}@example.org`, username, key],
      );
    }
    await up();

    const keyed = await ask(old, 'select username, username_key as key, username_look as look from users order by id');
    expect(keyed.map(({ username, key, look }) => [username, key, look])).to.deep.equal([
      // The second had the key that the first would have now.
      ['Straße', 'straße', 'strasse'],
      ['strasse', 'strasse', null],
      ['Anna', 'anna', 'anna'],
      ['Аnna', 'аnna', null],
      ['ANNА2', 'annа2', 'anna2'],
      ['anna2', 'anna2', null],
      ['Νίκος', 'νίκοσ', 'n\u00ed\u0138oσ'],
      ['Marn', 'marn', 'marn'],
      ['mam', 'mam', 'mam'],
    ]);
    // Whoever has no key of its own can change what it likes all the same.
    const repository = makeUserRepository(old);
    for (const { id } of users) {
      const user = await repository.find(id);
      if (user !== null) await repository.save({ ...user, passwordHash: 'other', version: 2 });
    }
    expect(await ask(old, 'select distinct version from users')).to.deep.equal([{ version: 2 }]);
  });

  it('leave names of two letters where they go back', async () => {
    const migration = '20261125140000-compare-usernames-by-look';
    const { database: old, up, downTo } = await before(migration);
    await up();
    await ask(
      old,
      `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version)
       values ($1, 'bo@example.org', 'Bo', 'bo', '', now(), now(), 1)`,
      [uuid()],
    );
    await downTo(migration);
    await up();

    expect(await ask(old, 'select username, username_look as look from users')).to.deep.equal([
      { username: 'Bo', look: 'bo' },
    ]);
  });

  it('give everything that has a name a key to be found by, however many there are', async () => {
    const { database: old, up } = await before('20261125141000-find-names-by-key');
    const count = 2500;
    const owner = uuid();
    const campaign = uuid();
    await ask(
      old,
      `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version)
       values ($1, 'gm@example.org', 'gm', 'gm', '', now(), now(), 1)`,
      [owner],
    );
    await ask(
      old,
      `insert into campaigns (id, name, player_count, party_level, status, owner_id, created_at, updated_at, version)
       values ($1, 'Große ÄRA', 4, 1, 'active', $2, now(), now(), 1)`,
      [campaign, owner],
    );
    await ask(
      old,
      `insert into sessions (id, campaign_id, session_number, title, time_zone, status, created_at, updated_at, version)
       select gen_random_uuid(), $1, n, 'Øl ' || n, 'UTC', 'planned', now(), now(), 1 from generate_series(1, $2::int) n`,
      [campaign, count],
    );
    await ask(
      old,
      `insert into npcs (id, campaign_id, name, tags, visibility, visible_to, created_at, updated_at, version,
         motivations, disposition, status)
       values ($1, $2, 'İda', '{Café,"a, \\"b\\"",É}', 'gm', '{}', now(), now(), 1, '{}', 'unknown', 'alive')`,
      [uuid(), campaign],
    );
    await up();

    expect(await ask(old, 'select search_key as key from campaigns')).to.deep.equal([{ key: 'grosse ara' }]);
    expect(
      await ask(old, `select count(*)::int as n from sessions where search_key = 'ol ' || session_number`),
    ).to.deep.equal([{ n: count }]);
    expect(await ask(old, 'select search_key as key, tag_keys as tags from npcs')).to.deep.equal([
      { key: 'ida', tags: ['cafe', 'a, "b"', 'e'] },
    ]);
  });
});
