import type { Router } from 'express';
import jwt from 'jsonwebtoken';
import { type DataSource, IsNull, MoreThan } from 'typeorm';
import { v7 } from 'uuid';
import { TOKEN, settings } from '../peer.ts';
import { ACCESS_TOKEN_SECONDS, SIGN_IN_MS, hashToken, isPassword, newRefreshToken } from '../peer-secrets.ts';
import { refreshTokens, signIns, users } from './entities.ts';
import { HttpError } from './http-error.ts';
import { credentials, refreshBody } from './schemas.ts';

export function addSignIns(app: Router, database: DataSource): void {
  app.post('/api/auth/login', async (request, response) => {
    const { email, password } = credentials.parse(request.body);
    const user = await database.getRepository(users).findOneBy({ email, status: 'active' });
    if (user === null || !(await isPassword(password, user.passwordHash))) {
      throw new HttpError(401, 'invalid_credentials');
    }
    const id = v7();
    const now = new Date();
    const refresh = newRefreshToken();
    await database.transaction(async (manager) => {
      await manager.insert(signIns, {
        id,
        userId: user.id,
        createdAt: now,
        lastUsedAt: now,
        expiresAt: new Date(now.getTime() + SIGN_IN_MS),
        userAgent: request.headers['user-agent']?.slice(0, 255) ?? null,
      });
      await manager.insert(refreshTokens, { hash: refresh.hash, signInId: id });
    });
    const { username, createdAt } = user;
    response.json({
      user: { id: user.id, email: user.email, username, createdAt },
      token: sign(user.id, id),
      refreshToken: refresh.token,
    });
  });

  app.post('/api/auth/refresh', async (request, response) => {
    const hash = hashToken(refreshBody.parse(request.body).refreshToken);
    const next = newRefreshToken();
    const signIn = await database.transaction(async (manager) => {
      const now = new Date();
      const token = await manager.findOneBy(refreshTokens, { hash });
      const live =
        token &&
        (await manager.findOne(signIns, {
          where: { id: token.signInId, endedAt: IsNull(), expiresAt: MoreThan(now) },
          lock: { mode: 'for_no_key_update' },
        }));
      if (live === null) throw new HttpError(401, 'invalid_token');
      const rotated = { rotatedAt: now, successorHash: next.hash };
      const { affected } = await manager.update(refreshTokens, { hash, rotatedAt: IsNull() }, rotated);
      if (affected !== 1) throw new HttpError(401, 'invalid_token');
      await manager.insert(refreshTokens, { hash: next.hash, signInId: live.id });
      await manager.update(signIns, { id: live.id }, { lastUsedAt: now });
      return live;
    });
    response.json({ token: sign(signIn.userId, signIn.id), refreshToken: next.token });
  });
}

function sign(userId: string, signInId: string): string {
  return jwt.sign({ sid: signInId }, settings.jwtKey, {
    algorithm: 'HS256',
    subject: userId,
    issuer: TOKEN.issuer,
    audience: TOKEN.audience,
    expiresIn: ACCESS_TOKEN_SECONDS,
    header: { alg: 'HS256', typ: TOKEN.type },
  });
}
