import { expect } from 'chai';
import { ask } from '../../test/support/ask.ts';
import { postgresqlAdapters } from '../../test/support/postgresql-adapters.ts';
import { openTestDatabase, testCluster } from '../../test/support/test-cluster.ts';
import { storedApiToken, storedSignIn } from '../contracts/stored.ts';
import type { ConnectionTarget, Database } from './database.ts';

const NOW = new Date('2027-03-10T19:00:00.123Z');
const LATER = new Date(NOW.getTime() + 1);

describe('pruning what is over', () => {
  let target: ConnectionTarget;
  let database: Database;
  beforeEach(async () => {
    target = await (await testCluster()).migrated();
    database = await openTestDatabase(target);
  });
  afterEach(() => database.close());

  const countOf = async (table: string): Promise<number> => {
    const [row] = await ask<{ count: number }>(database, `select count(*)::integer as count from ${table}`);
    return row?.count ?? 0;
  };

  it('takes a hundred of the tokens of a long sign-in at a time, and itself with the last', async () => {
    const adapters = postgresqlAdapters(database);
    const { signIn } = await storedSignIn(adapters, { expiresAt: NOW });
    await ask(
      database,
      `insert into refresh_tokens (hash, sign_in_id, rotated_at, successor_hash)
      select 'hash ' || n, $1, $2, 'hash ' || n + 1 from generate_series(1, 249) n`,
      [signIn.id, NOW],
    );
    for (const [tokens, signIns] of [
      [150, 1],
      [50, 1],
      [0, 0],
    ]) {
      await adapters.signIns.prune(NOW);
      expect([await countOf('refresh_tokens'), await countOf('sign_ins')]).to.deep.equal([tokens, signIns]);
    }
  });

  it('takes ten sign-ins at a time, and steps over those that others hold', async () => {
    const adapters = postgresqlAdapters(database);
    const over = [];
    for (let i = 0; i < 25; i += 1) over.push((await storedSignIn(adapters, { expiresAt: NOW })).signIn);
    await storedSignIn(adapters, { expiresAt: LATER });
    const held = String(over[3]?.id);
    await database.transactional(async () => {
      await ask(database, 'select id from sign_ins where id = $1 for update', [held]);
      const other = await openTestDatabase(target);
      try {
        const { signIns } = postgresqlAdapters(other);
        await signIns.prune(NOW);
        expect(await countOf('sign_ins')).to.equal(16);
        for (let i = 0; i < 3; i += 1) await signIns.prune(NOW);
      } finally {
        await other.close();
      }
    });
    expect(await countOf('sign_ins')).to.equal(2);
    expect(await adapters.signIns.find(held)).not.to.equal(null);
  });

  it('takes twenty API tokens at a time, whosever they are, and none that is good', async () => {
    const adapters = postgresqlAdapters(database);
    for (let i = 0; i < 30; i += 1) await storedApiToken(adapters, { expiresAt: NOW });
    await storedApiToken(adapters, { expiresAt: LATER });
    await storedApiToken(adapters, { expiresAt: null });
    for (const left of [12, 2, 2]) {
      await adapters.apiTokens.prune(NOW);
      expect(await countOf('api_tokens')).to.equal(left);
    }
  });
});
