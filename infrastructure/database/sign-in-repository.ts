import { defineEntity, p } from '@mikro-orm/postgresql';
import { SIGN_IN_IDLE_MS, type SignIn } from '../../core/auth/sign-in.ts';
import type { SignInRepository, StoredRefreshToken } from '../../core/auth/sign-in-repository.ts';
import { userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import type { TablesOf } from './row-schema.ts';

import { makeTable } from './table.ts';
import { UserRow } from './user-repository.ts';

export const SignInRow = defineEntity({
  name: 'SignInRow',
  tableName: 'sign_ins',
  properties: {
    id: p.uuid().primary(),
    userId: () => p.manyToOne(UserRow).mapToPk().deleteRule('cascade').updateRule('no action'),
    createdAt: p.datetime(3),
    lastUsedAt: p.datetime(3),
    expiresAt: p.datetime(3),
    userAgent: p.text().nullable(),
    endedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'sign_ins_user_id_last_used_at_index', properties: ['userId', 'lastUsedAt', 'id'] },
    {
      name: 'sign_ins_over_index',
      expression: 'create index "sign_ins_over_index" on "sign_ins" (least("ended_at", "expires_at"))',
    },
  ],
  checks: [{ name: 'sign_ins_user_agent_check', expression: 'length(user_agent) <= 255' }],
});

/** Tokens by their hash; each names the one that replaced it. */
export const RefreshTokenRow = defineEntity({
  name: 'RefreshTokenRow',
  tableName: 'refresh_tokens',
  properties: {
    hash: p.text().primary(),
    signInId: () => p.manyToOne(SignInRow).mapToPk().deleteRule('cascade').updateRule('no action'),
    rotatedAt: p.datetime(3).nullable(),
    successorHash: p.text().nullable(),
  },
  indexes: [{ name: 'refresh_tokens_sign_in_id_index', properties: ['signInId'] }],
  checks: [{ name: 'refresh_tokens_rotated_check', expression: '(rotated_at is null) = (successor_hash is null)' }],
});

/** More than are added in that time, and few enough not to be felt. */
const SIGN_INS_AT_ONCE = 10;
const TOKENS_AT_ONCE = 100;

export type SignInTables = TablesOf<typeof SignInRow | typeof RefreshTokenRow>;

export function makeSignInRepository(database: Database): SignInRepository {
  const signIns = makeTable(database, SignInRow);
  const tokens = makeTable(database, RefreshTokenRow);
  const byId = prepareText<SignIn>(database, 'select * from sign_ins where id = $1');
  // The sign-in is locked first: it must not end between the check and the rotation. Of several that rotate one token at
  // once, all but the first wait for that lock, and then find the token rotated.
  const rotated = prepareText<SignIn>(
    database,
    `with live as (
      select sign_ins.* from sign_ins join refresh_tokens on refresh_tokens.sign_in_id = sign_ins.id
      where refresh_tokens.hash = $1 and sign_ins.ended_at is null and sign_ins.expires_at > $3
      for no key update of sign_ins
    ), rotated as (
      update refresh_tokens set rotated_at = $3, successor_hash = $2 from live
      where refresh_tokens.hash = $1 and refresh_tokens.rotated_at is null returning refresh_tokens.sign_in_id
    ), added as (
      insert into refresh_tokens (hash, sign_in_id) select $2, sign_in_id from rotated
    ), used as (
      update sign_ins set last_used_at = $3,
        expires_at = least($3::timestamptz + $4 * interval '1 millisecond', created_at + $5 * interval '1 millisecond')
      from rotated where sign_ins.id = rotated.sign_in_id returning sign_ins.*
    )
    select * from used`,
  );
  const byToken = prepareText<SignIn & Omit<StoredRefreshToken, 'signIn'>>(
    database,
    `select sign_ins.*, token.rotated_at, token.successor_hash, successor.rotated_at is not null as successor_used
    from refresh_tokens token join sign_ins on sign_ins.id = token.sign_in_id
    left join refresh_tokens successor on successor.hash = token.successor_hash
    where token.hash = $1`,
  );
  const ended = prepareText<{ readonly userId: string }>(
    database,
    'update sign_ins set ended_at = $2 where id = $1 and ended_at is null returning user_id',
  );
  const allEnded = prepareText(
    database,
    `update sign_ins set ended_at = $2 where user_id = $1 and ended_at is null and id is distinct from $3`,
  );
  // Past what others have locked, and a few at a time: a sign-in that was long in use has thousands of tokens.
  const over = `select id from sign_ins where least(ended_at, expires_at) <= $1
    order by least(ended_at, expires_at) limit ${SIGN_INS_AT_ONCE} for update skip locked`;
  const pruneTokens = prepareText(
    database,
    `delete from refresh_tokens where hash in (
      select hash from refresh_tokens where sign_in_id in (${over}) limit ${TOKENS_AT_ONCE}
    )`,
  );
  const prune = prepareText(
    database,
    `delete from sign_ins where id in (
      select id from (${over}) as over where not exists (select from refresh_tokens where sign_in_id = over.id)
    )`,
  );
  return {
    add: async (signIn, firstTokenHash) => {
      await signIns.insert(signIn);
      await tokens.insert({ hash: firstTokenHash, signInId: signIn.id, rotatedAt: null, successorHash: null });
    },
    find: async (id) => (await byId(id))[0] ?? null,
    rotate: async (hash, successorHash, now, lifetimeMs) => {
      const [signIn] = await rotated(hash, successorHash, now, SIGN_IN_IDLE_MS, lifetimeMs);
      return signIn ?? null;
    },
    findToken: async (hash) => {
      const [found] = await byToken(hash);
      if (found === undefined) return null;
      const { rotatedAt, successorHash, successorUsed, ...signIn } = found;
      return { signIn, rotatedAt, successorHash, successorUsed };
    },
    end: async (id, now) => {
      const users = await ended(id, now);
      await database.changed(...users.map(({ userId }) => userTag(userId)));
    },
    endAll: async (userId, now, except) => {
      await allEnded(userId, now, except);
      await database.changed(userTag(userId));
    },
    prune: async (now) => {
      await pruneTokens(now);
      await prune(now);
    },
  };
}
