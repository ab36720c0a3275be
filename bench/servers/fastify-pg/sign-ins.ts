import { createSigner } from 'fast-jwt';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { v7 } from 'uuid';
import { TOKEN, settings } from '../peer.ts';
import { ACCESS_TOKEN_SECONDS, SIGN_IN_MS, hashToken, isPassword, newRefreshToken } from '../peer-secrets.ts';
import { credentials, refreshBody, signedIn, tokenPair } from './schemas.ts';

const USER = {
  name: 'user-by-email',
  text:
    'select id, email, username, password_hash as "passwordHash", created_at as "createdAt" from users ' +
    "where email = $1 and status = 'active'",
};
const BEGIN = {
  name: 'begin-sign-in',
  text:
    'with begun as (insert into sign_ins (id, user_id, created_at, last_used_at, expires_at, user_agent) ' +
    'values ($1, $2, $3, $3, $4, $5) returning id) ' +
    'insert into refresh_tokens (hash, sign_in_id) select $6, id from begun',
};
/** The sign-in is locked first, so that it does not end between the check and the rotation. */
const ROTATE = {
  name: 'rotate-refresh-token',
  text:
    'with live as (select s.id, s.user_id from sign_ins s join refresh_tokens t on t.sign_in_id = s.id ' +
    'where t.hash = $1 and s.ended_at is null and s.expires_at > $3 for no key update of s), ' +
    'rotated as (update refresh_tokens set rotated_at = $3, successor_hash = $2 from live ' +
    'where hash = $1 and rotated_at is null returning sign_in_id), ' +
    'added as (insert into refresh_tokens (hash, sign_in_id) select $2, sign_in_id from rotated), ' +
    'used as (update sign_ins set last_used_at = $3 from rotated where id = rotated.sign_in_id) ' +
    'select live.id, live.user_id as "userId" from live join rotated on rotated.sign_in_id = live.id',
};

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly passwordHash: string;
  readonly createdAt: Date;
}

const sign: (claims: object) => string = createSigner({
  key: settings.jwtKey,
  algorithm: 'HS256',
  iss: TOKEN.issuer,
  aud: TOKEN.audience,
  expiresIn: ACCESS_TOKEN_SECONDS * 1000,
  header: { alg: 'HS256', typ: TOKEN.type },
});

export function addSignIns(app: FastifyInstance, pool: pg.Pool): void {
  app.post<{ Body: { readonly email: string; readonly password: string } }>(
    '/api/auth/login',
    { schema: { body: credentials, response: { 200: signedIn } } },
    async ({ body, headers }, reply) => {
      const { rows } = await pool.query<UserRow>({ ...USER, values: [body.email.trim().toLowerCase()] });
      const [user] = rows;
      if (user === undefined || !(await isPassword(body.password, user.passwordHash))) {
        return reply.code(401).send({ code: 'invalid_credentials' });
      }
      const id = v7();
      const now = new Date();
      const refresh = newRefreshToken();
      const expires = new Date(now.getTime() + SIGN_IN_MS);
      const agent = headers['user-agent']?.slice(0, 255) ?? null;
      await pool.query({ ...BEGIN, values: [id, user.id, now, expires, agent, refresh.hash] });
      return { user, token: sign({ sub: user.id, sid: id }), refreshToken: refresh.token };
    },
  );

  app.post<{ Body: { readonly refreshToken: string } }>(
    '/api/auth/refresh',
    { schema: { body: refreshBody, response: { 200: tokenPair } } },
    async ({ body }, reply) => {
      const next = newRefreshToken();
      const values = [hashToken(body.refreshToken), next.hash, new Date()];
      const { rows } = await pool.query<{ id: string; userId: string }>({ ...ROTATE, values });
      const [signIn] = rows;
      if (signIn === undefined) return reply.code(401).send({ code: 'invalid_token' });
      return { token: sign({ sub: signIn.userId, sid: signIn.id }), refreshToken: next.token };
    },
  );
}
