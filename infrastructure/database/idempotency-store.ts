import { createHash } from 'node:crypto';
import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { type Role, ROLES } from '../../core/members/role.ts';
import type { Database } from './database.ts';
import { prepareUpsert } from './row-statements.ts';
import { UserRow } from './user-repository.ts';

export const IdempotencyKeyRow = defineEntity({
  name: 'IdempotencyKeyRow',
  tableName: 'idempotency_keys',
  properties: {
    user_id: () =>
      p.manyToOne(UserRow).mapToPk().primary().fieldName('user_id').deleteRule('cascade').updateRule('no action'),
    key: p.text().primary(),
    operation: p.text(),
    request_hash: p.text(),
    answer: p.json().$type<StoredAnswer>(),
    // No foreign key: the row outlives nothing that matters, and a campaign must not wait for it to be deleted.
    campaign_id: p.uuid().nullable(),
    role: p.text().$type<Role>().nullable(),
    created_at: p.datetime(3),
  },
  indexes: [{ name: 'idempotency_keys_created_at_index', properties: ['created_at'] }],
  checks: [
    { name: 'idempotency_keys_key_check', expression: 'length(key) >= 1 and length(key) <= 255' },
    {
      name: 'idempotency_keys_role_check',
      expression: `role in (${ROLES.map((role) => `'${role}'`).join(', ')})`,
    },
  ],
});

type Tables = InferKyselyDB<typeof IdempotencyKeyRow>;

interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly etag: string | null;
  readonly location: string | null;
}

interface Key {
  readonly userId: string;
  readonly key: string;
}

interface Kept {
  readonly operation: string;
  readonly requestHash: string;
  readonly answer: StoredAnswer;
  readonly campaignId: string | null;
  readonly role: Role | null;
  readonly createdAt: Date;
}

/** As adapters/operations/idempotency.ts asks for it. */
interface IdempotencyStore {
  claim(key: Key): Promise<boolean>;
  find(key: Key, since: Date): Promise<Kept | null>;
  keep(key: Key, kept: Kept, since: Date): Promise<void>;
}

/** Each request that keeps something forgets up to this many, so that the table cannot grow behind. */
const FORGOTTEN_AT_ONCE = 20;

export function makeIdempotencyStore(database: Database): IdempotencyStore {
  const upsert = prepareUpsert<Tables['idempotency_keys']>(database, IdempotencyKeyRow);
  const tables = () => database.tables<Tables>();
  return {
    claim: async (key) => {
      const [row] = await database.execute<{ mine: boolean }>('select pg_try_advisory_xact_lock($1::bigint) as mine', [
        lockOf(key).toString(),
      ]);
      return row?.mine === true;
    },
    find: async ({ userId, key }, since) => {
      const row = await tables()
        .selectFrom('idempotency_keys')
        .selectAll()
        .where('user_id', '=', userId)
        .where('key', '=', key)
        .where('created_at', '>', since)
        .executeTakeFirst();
      return row === undefined
        ? null
        : {
            operation: row.operation,
            requestHash: row.request_hash,
            answer: row.answer,
            campaignId: row.campaign_id,
            role: row.role,
            createdAt: row.created_at,
          };
    },
    keep: async ({ userId, key }, kept, since) => {
      await upsert({
        user_id: userId,
        key,
        operation: kept.operation,
        request_hash: kept.requestHash,
        answer: JSON.stringify(kept.answer),
        campaign_id: kept.campaignId,
        role: kept.role,
        created_at: kept.createdAt,
      });
      // After the own row, and past what others have locked: so no two of these can wait for each other.
      await sql`
        delete from idempotency_keys where (user_id, key) in (
          select user_id, key from idempotency_keys where created_at <= ${since}
          order by created_at limit ${FORGOTTEN_AT_ONCE} for update skip locked
        )`.execute(tables());
    },
  };
}

/** 64 bits of a hash that nobody can steer, so that no key can be made to stand in the way of another user's. */
function lockOf({ userId, key }: Key): bigint {
  return createHash('sha256').update(`idempotency\0${userId}\0${key}`).digest().readBigInt64BE();
}
