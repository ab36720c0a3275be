import { defineEntity, p } from '@mikro-orm/postgresql';
import type { LoginFailures, LoginKeys } from '../../core/auth/login-failures.ts';
import type { KeyedHash } from '../crypto/keyed-hash.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';

export const LoginFailureRow = defineEntity({
  name: 'LoginFailureRow',
  tableName: 'login_failures',
  properties: {
    accountKey: p.text().primary(),
    addressKey: p.text().primary(),
    failures: p.integer(),
    lastFailedAt: p.datetime(3),
  },
  indexes: [
    { name: 'login_failures_address_key_index', properties: ['addressKey'] },
    { name: 'login_failures_last_failed_at_index', properties: ['lastFailedAt'] },
  ],
  checks: [{ name: 'login_failures_failures_check', expression: 'failures > 0' }],
});

/** Rows that one attempt clears away at most: more than it adds, and few enough not to be felt. */
const CLEARED_AT_ONCE = 20;

interface Counts {
  readonly pair: number;
  readonly pairAt: Date | null;
  readonly account: number;
  readonly accountAt: Date | null;
  readonly address: number;
  readonly addressAt: Date | null;
}

export function makeLoginFailures(database: Database, hash: KeyedHash): LoginFailures {
  const keysOf = ({ account, address }: LoginKeys) => [hash(`account ${account}`), hash(`address ${address}`)] as const;
  const count = prepareText<Counts>(
    database,
    `select coalesce(sum(failures) filter (where account_key = $1 and address_key = $2), 0)::integer as pair,
      max(last_failed_at) filter (where account_key = $1 and address_key = $2) as pair_at,
      coalesce(sum(failures) filter (where account_key = $1), 0)::integer as account,
      max(last_failed_at) filter (where account_key = $1) as account_at,
      coalesce(sum(failures) filter (where address_key = $2), 0)::integer as address,
      max(last_failed_at) filter (where address_key = $2) as address_at
    from login_failures where last_failed_at > $3 and last_failed_at <= $4 and (account_key = $1 or address_key = $2)`,
  );
  const add = prepareText(
    database,
    `insert into login_failures (account_key, address_key, failures, last_failed_at) values ($1, $2, $3::integer + 1, $5)
    on conflict (account_key, address_key) do update set failures = $3::integer + 1, last_failed_at = $5
    where case when login_failures.last_failed_at > $4 and login_failures.last_failed_at <= $6 then login_failures.failures else 0 end = $3::integer
    returning failures`,
  );
  const clear = prepareText(
    database,
    `with old as (
      select account_key, address_key from login_failures where last_failed_at <= $1 limit $3 for update skip locked
    ), ahead as (
      select account_key, address_key from login_failures where last_failed_at > $2 limit $3 for update skip locked
    )
    delete from login_failures failed using (select * from old union select * from ahead) gone
    where failed.account_key = gone.account_key and failed.address_key = gone.address_key`,
  );
  const forget = prepareText(database, 'delete from login_failures where account_key = $1 and address_key = $2');
  return {
    count: async (keys, { since, until }) => {
      const [row] = await count(...keysOf(keys), since, until);
      return {
        pair: { failures: row?.pair ?? 0, lastAt: row?.pairAt ?? null },
        account: { failures: row?.account ?? 0, lastAt: row?.accountAt ?? null },
        address: { failures: row?.address ?? 0, lastAt: row?.addressAt ?? null },
      };
    },
    add: async (keys, seen, { since, until }, now) => {
      const counted = await add(...keysOf(keys), seen, since, now, until);
      // Here and not by a clock of its own: whoever adds rows takes away the ones that count no more.
      await clear(since, until, CLEARED_AT_ONCE);
      return counted.length === 1;
    },
    forget: async (keys) => {
      await forget(...keysOf(keys));
    },
  };
}
