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
