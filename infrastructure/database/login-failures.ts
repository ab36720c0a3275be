import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { LoginFailures, LoginKeys } from '../../core/auth/login-failures.ts';
import type { KeyedHash } from '../crypto/keyed-hash.ts';
import type { Database } from './database.ts';

export const LoginFailureRow = defineEntity({
  name: 'LoginFailureRow',
  tableName: 'login_failures',
  properties: {
    account_key: p.text().primary(),
    address_key: p.text().primary(),
    failures: p.integer(),
    last_failed_at: p.datetime(3),
  },
  indexes: [
    { name: 'login_failures_address_key_index', properties: ['address_key'] },
    { name: 'login_failures_last_failed_at_index', properties: ['last_failed_at'] },
  ],
  checks: [{ name: 'login_failures_failures_check', expression: 'failures > 0' }],
});

type Tables = InferKyselyDB<typeof LoginFailureRow>;

/** Rows that one attempt clears away at most: more than it adds, and few enough not to be felt. */
const CLEARED_AT_ONCE = 20;

export function makeLoginFailures(database: Database, hash: KeyedHash): LoginFailures {
  const tables = () => database.tables<Tables>();
  const keysOf = ({ account, address }: LoginKeys): { account_key: string; address_key: string } => ({
    account_key: hash(`account ${account}`),
    address_key: hash(`address ${address}`),
  });
  return {
    count: async (keys, since) => {
      const { account_key: account, address_key: address } = keysOf(keys);
      const row = await tables()
        .selectFrom('login_failures')
        .select(({ fn }) => {
          const failures = fn.sum('failures');
          const last = fn.max('last_failed_at');
          return [
            failures.filterWhere('account_key', '=', account).filterWhere('address_key', '=', address).as('pair'),
            last.filterWhere('account_key', '=', account).filterWhere('address_key', '=', address).as('pair_at'),
            failures.filterWhere('account_key', '=', account).as('account'),
            last.filterWhere('account_key', '=', account).as('account_at'),
            failures.filterWhere('address_key', '=', address).as('address'),
            last.filterWhere('address_key', '=', address).as('address_at'),
          ];
        })
        .where('last_failed_at', '>', since)
        .where((eb) => eb.or([eb('account_key', '=', account), eb('address_key', '=', address)]))
        .executeTakeFirstOrThrow();
      return {
        pair: { failures: Number(row.pair), lastAt: row.pair_at },
        account: { failures: Number(row.account), lastAt: row.account_at },
        address: { failures: Number(row.address), lastAt: row.address_at },
      };
    },
    add: async (keys, seen, since, now) => {
      const { numInsertedOrUpdatedRows: counted } = await tables()
        .insertInto('login_failures')
        .values({ ...keysOf(keys), failures: seen + 1, last_failed_at: now })
        .onConflict((conflict) =>
          conflict
            .columns(['account_key', 'address_key'])
            .doUpdateSet({ failures: seen + 1, last_failed_at: now })
            .where(
              sql<number>`case when login_failures.last_failed_at > ${since} then login_failures.failures else 0 end`,
              '=',
              seen,
            ),
        )
        .executeTakeFirst();
      // Here and not by a clock of its own: whoever adds rows takes away the ones that count no more.
      await clear(since);
      return counted === 1n;
    },
    forget: async (keys) => {
      const { account_key: account, address_key: address } = keysOf(keys);
      await tables()
        .deleteFrom('login_failures')
        .where('account_key', '=', account)
        .where('address_key', '=', address)
        .execute();
    },
  };

  async function clear(since: Date): Promise<void> {
    await tables()
      .deleteFrom('login_failures')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('account_key', 'address_key'),
          'in',
          selectFrom('login_failures')
            .select(['account_key', 'address_key'])
            .where('last_failed_at', '<=', since)
            .limit(CLEARED_AT_ONCE)
            .forUpdate()
            .skipLocked()
            .$asTuple('account_key', 'address_key'),
        ),
      )
      .execute();
  }
}
