import { createHash } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { IdempotencyKey, IdempotencyStore, RecordedAnswer } from '../../core/idempotency/idempotency-store.ts';
import { type Role, ROLES } from '../../core/members/role.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import { isOneOf } from './row-schema.ts';
import { makeTable } from './table.ts';
import { UserRow } from './user-repository.ts';

export const IdempotencyKeyRow = defineEntity({
  name: 'IdempotencyKeyRow',
  tableName: 'idempotency_keys',
  properties: {
    userId: () => p.manyToOne(UserRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
    key: p.text().primary(),
    operation: p.text(),
    requestHash: p.text(),
    answer: p.json().$type<RecordedAnswer['answer']>(),
    // No foreign key: the row outlives nothing that matters, and a campaign must not wait for it to be deleted.
    campaignId: p.uuid().nullable(),
    role: p.text().$type<Role>().nullable(),
    createdAt: p.datetime(3),
  },
  indexes: [{ name: 'idempotency_keys_created_at_index', properties: ['createdAt'] }],
  checks: [
    { name: 'idempotency_keys_key_check', expression: 'length(key) >= 1 and length(key) <= 255' },
    {
      name: 'idempotency_keys_role_check',
      expression: isOneOf('role', ROLES),
    },
  ],
});

/** Each request that records something forgets up to this many, so that the table cannot grow behind. */
const FORGOTTEN_AT_ONCE = 20;

export function makeIdempotencyStore(database: Database): IdempotencyStore {
  const rows = makeTable(database, IdempotencyKeyRow);
  const claim = prepareText<{ readonly mine: boolean }>(database, 'select pg_try_advisory_xact_lock($1) as mine');
  const find = prepareText<RecordedAnswer>(
    database,
    `select operation, request_hash, answer, campaign_id, role, created_at from idempotency_keys
    where user_id = $1 and key = $2 and created_at > $3 and created_at <= $4`,
  );
  // After the own row, and past what others have locked: so no two of these can wait for each other.
  const forget = prepareText(
    database,
    `with old as (
      select user_id, key from idempotency_keys where created_at <= $1 order by created_at limit $3 for update skip locked
    ), ahead as (
      select user_id, key from idempotency_keys where created_at > $2 order by created_at limit $3 for update skip locked
    )
    delete from idempotency_keys kept using (select * from old union select * from ahead) gone
    where kept.user_id = gone.user_id and kept.key = gone.key`,
  );
  return {
    claim: async (key) => (await claim(lockOf(key)))[0]?.mine === true,
    find: async ({ userId, key }, { since, until }) => (await find(userId, key, since, until))[0] ?? null,
    record: async (key, recorded, { since, until }) => {
      await rows.upsert({ ...key, ...recorded });
      await forget(since, until, FORGOTTEN_AT_ONCE);
    },
  };
}

/** 64 bits of a hash that nobody can steer, so that no key can be made to stand in the way of another user's. */
function lockOf({ userId, key }: IdempotencyKey): string {
  return createHash('sha256').update(`idempotency\0${userId}\0${key}`).digest().readBigInt64BE().toString();
}
