import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import type { SignIn } from '../../core/auth/sign-in.ts';
import type { SignInRepository } from '../../core/auth/sign-in-repository.ts';
import { userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
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

export function makeSignInRepository(database: Database): SignInRepository {
  const tables = () => database.em().getKysely<SignInTables>();
  return {
    add: async (signIn, firstTokenHash) => {
      await database.em().insert(SignInRow, toRow(signIn));
      await database.em().insert(RefreshTokenRow, { hash: firstTokenHash, sign_in_id: signIn.id });
    },
    find: async (id) => {
      const row = await tables().selectFrom('sign_ins').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toSignIn(row);
    },
    rotate: (hash, successorHash, now) =>
      database.transactional(async () => {
        // The sign-in is locked first: it must not end between the check and the rotation.
        const signIn = await tables()
          .selectFrom('sign_ins')
          .innerJoin('refresh_tokens', 'refresh_tokens.sign_in_id', 'sign_ins.id')
          .selectAll('sign_ins')
          .where('refresh_tokens.hash', '=', hash)
          .where('sign_ins.ended_at', 'is', null)
          .where('sign_ins.expires_at', '>', now)
          .forNoKeyUpdate('sign_ins')
          .executeTakeFirst();
        if (signIn === undefined) return null;
        const { numUpdatedRows } = await tables()
          .updateTable('refresh_tokens')
          .set({ rotated_at: now, successor_hash: successorHash })
          .where('hash', '=', hash)
          .where('rotated_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return null;
        await database.em().insert(RefreshTokenRow, { hash: successorHash, sign_in_id: signIn.id });
        await tables().updateTable('sign_ins').set({ last_used_at: now }).where('id', '=', signIn.id).execute();
        return toSignIn({ ...signIn, last_used_at: now });
      }),
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
