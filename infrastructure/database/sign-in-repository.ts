import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import type { SignIn } from '../../core/auth/sign-in.ts';
import type { SignInRepository } from '../../core/auth/sign-in-repository.ts';
import { userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { named } from './prepared-statement.ts';
import { prepareInsert } from './row-statements.ts';
import { UserRow } from './user-repository.ts';

export const SignInRow = defineEntity({
  name: 'SignInRow',
  tableName: 'sign_ins',
  properties: {
    id: p.uuid().primary(),
    user_id: () => p.manyToOne(UserRow).mapToPk().fieldName('user_id').deleteRule('cascade').updateRule('no action'),
    created_at: p.datetime(3),
    last_used_at: p.datetime(3),
    expires_at: p.datetime(3),
    user_agent: p.text().nullable(),
    ended_at: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'sign_ins_user_id_last_used_at_index', properties: ['user_id', 'last_used_at', 'id'] }],
  checks: [{ name: 'sign_ins_user_agent_check', expression: 'length(user_agent) <= 255' }],
});

/** Tokens by their hash; each names the one that replaced it. */
export const RefreshTokenRow = defineEntity({
  name: 'RefreshTokenRow',
  tableName: 'refresh_tokens',
  properties: {
    hash: p.text().primary(),
    sign_in_id: () =>
      p.manyToOne(SignInRow).mapToPk().fieldName('sign_in_id').deleteRule('cascade').updateRule('no action'),
    rotated_at: p.datetime(3).nullable(),
    successor_hash: p.text().nullable(),
  },
  indexes: [{ name: 'refresh_tokens_sign_in_id_index', properties: ['sign_in_id'] }],
  checks: [{ name: 'refresh_tokens_rotated_check', expression: '(rotated_at is null) = (successor_hash is null)' }],
});

export type SignInTables = InferKyselyDB<typeof SignInRow | typeof RefreshTokenRow>;

/**
 * The sign-in is locked first: it must not end between the check and the rotation. Of several that rotate one token at
 * once, all but the first wait for that lock, and then find the token rotated.
 */
const ROTATE = named(`
  with live as (
    select sign_ins.* from sign_ins join refresh_tokens on refresh_tokens.sign_in_id = sign_ins.id
    where refresh_tokens.hash = $1 and sign_ins.ended_at is null and sign_ins.expires_at > $3
    for no key update of sign_ins
  ), rotated as (
    update refresh_tokens set rotated_at = $3, successor_hash = $2 from live
    where refresh_tokens.hash = $1 and refresh_tokens.rotated_at is null returning refresh_tokens.sign_in_id
  ), added as (
    insert into refresh_tokens (hash, sign_in_id) select $2, sign_in_id from rotated
  ), used as (
    update sign_ins set last_used_at = $3 from rotated where sign_ins.id = rotated.sign_in_id
  )
  select live.* from live join rotated on rotated.sign_in_id = live.id`);

export function makeSignInRepository(database: Database): SignInRepository {
  const tables = () => database.tables<SignInTables>();
  const insert = prepareInsert<SignInTables['sign_ins']>(database, SignInRow);
  const insertToken = prepareInsert<SignInTables['refresh_tokens']>(database, RefreshTokenRow);
  return {
    add: async (signIn, firstTokenHash) => {
      await insert(toRow(signIn));
      await insertToken({ hash: firstTokenHash, sign_in_id: signIn.id, rotated_at: null, successor_hash: null });
    },
    find: async (id) => {
      const row = await tables().selectFrom('sign_ins').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toSignIn(row);
    },
    rotate: async (hash, successorHash, now) => {
      const { rows } = await database.run<SignInTables['sign_ins']>({ ...ROTATE, values: [hash, successorHash, now] });
      return rows[0] === undefined ? null : toSignIn({ ...rows[0], last_used_at: now });
    },
    findToken: async (hash) => {
      const row = await tables()
        .selectFrom('refresh_tokens')
        .innerJoin('sign_ins', 'sign_ins.id', 'refresh_tokens.sign_in_id')
        .selectAll('sign_ins')
        .select(['refresh_tokens.rotated_at', 'refresh_tokens.successor_hash'])
        .select(({ exists, selectFrom }) =>
          exists(
            selectFrom('refresh_tokens as successor')
              .select('successor.hash')
              .whereRef('successor.hash', '=', 'refresh_tokens.successor_hash')
              .where('successor.rotated_at', 'is not', null),
          ).as('successorUsed'),
        )
        .where('refresh_tokens.hash', '=', hash)
        .executeTakeFirst();
      if (row === undefined) return null;
      const { rotated_at: rotatedAt, successor_hash: successorHash, successorUsed } = row;
      return { signIn: toSignIn(row), rotatedAt, successorHash, successorUsed: Boolean(successorUsed) };
    },
    end: async (id, now) => {
      const ended = await tables()
        .updateTable('sign_ins')
        .set({ ended_at: now })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .returning('user_id')
        .execute();
      await database.changed(...ended.map(({ user_id }) => userTag(user_id)));
    },
    endAll: async (userId, now, except) => {
      await tables()
        .updateTable('sign_ins')
        .set({ ended_at: now })
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null)
        .$if(except !== null, (query) => query.where('id', '!=', except ?? ''))
        .execute();
      await database.changed(userTag(userId));
    },
    removeExpired: async (userId, now) => {
      await tables().deleteFrom('sign_ins').where('user_id', '=', userId).where('expires_at', '<=', now).execute();
    },
  };
}

export function toSignIn(row: SignInTables['sign_ins']): SignIn {
  return {
    id: row.id,
    userId: row.user_id,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    userAgent: row.user_agent,
    endedAt: row.ended_at,
  };
}

function toRow(signIn: SignIn): SignInTables['sign_ins'] {
  return {
    id: signIn.id,
    user_id: signIn.userId,
    created_at: signIn.createdAt,
    last_used_at: signIn.lastUsedAt,
    expires_at: signIn.expiresAt,
    user_agent: signIn.userAgent,
    ended_at: signIn.endedAt,
  };
}
