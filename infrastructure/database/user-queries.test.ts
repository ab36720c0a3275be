import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import type { User } from '../../core/users/user.ts';
import { type QueryDatabase, openQueryDatabase, readToEnd } from '../../test/support/query-database.ts';
import { storedUser } from '../contracts/stored.ts';
import { makeUserQueries } from './user-queries.ts';

describe('user queries', () => {
  let stored: QueryDatabase;
  // A list of all users: each test has a database of its own.
  beforeEach(async () => {
    stored = await openQueryDatabase();
  });
  afterEach(() => stored.database.close());

  const shown = ({ id, email, username, status, createdAt, version }: User): object => ({
    id,
    email,
    username,
    status,
    createdAt,
    version,
  });

  it('find a user by id and by address, and tell neither the hash nor anything else that is not for showing', async () => {
    const queries = makeUserQueries(stored.database, stored.reader);
    const user = await storedUser(stored, { version: 4 });
    await storedUser(stored);
    expect(await queries.find(user.id)).to.deep.equal(shown(user));
    expect(await queries.findByEmail(user.email)).to.deep.equal(shown(user));
  });

  it('answer null for nobody', async () => {
    const queries = makeUserQueries(stored.database, stored.reader);
    const { email } = await storedUser(stored);
    expect(await queries.find(uuid())).to.equal(null);
    expect(await queries.findByEmail(email.toUpperCase())).to.equal(null);
    expect(await queries.findByEmail('%')).to.equal(null);
  });

  it('find those whose ids end alike, the oldest first, and no more than asked for', async () => {
    const queries = makeUserQueries(stored.database, stored.reader);
    const ids = ['1111', '2222', '3333'].map((each) => `0199aaaa-${each}-7000-8000-0000c0ffee01`);
    for (const id of ids) await storedUser(stored, { id });
    const { id: other } = await storedUser(stored);
    const found = async (ending: string, limit: number): Promise<readonly string[]> =>
      (await queries.findByIdEnding(ending, limit)).map(({ id }) => id);
    expect(await found('c0ffee01', 9)).to.deep.equal(ids);
    expect(await found('c0ffee01', 2)).to.deep.equal(ids.slice(0, 2));
    expect(await found('2222-7000-8000-0000c0ffee01', 2)).to.deep.equal(ids.slice(1, 2));
    expect(await found(other, 2)).to.deep.equal([other]);
    expect(await found(other.slice(0, -1), 2)).to.deep.equal([]);
  });

  it('list everybody, the oldest first, in pages of any size', async () => {
    const queries = makeUserQueries(stored.database, stored.reader);
    expect(await queries.list({ limit: 2, after: null })).to.deep.equal({ items: [], next: null });
    const users: object[] = [];
    for (let n = 0; n < 5; n += 1) users.push(shown(await storedUser(stored)));
    for (const limit of [1, 2, 4, 5, 6]) {
      expect(await readToEnd(limit, queries.list), `by ${limit}`).to.deep.equal(users);
    }
  });
});
