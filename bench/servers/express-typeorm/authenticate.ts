import type { RequestHandler } from 'express';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { TOKEN, settings } from '../peer.ts';
import { HttpError } from './http-error.ts';

declare module 'express-serve-static-core' {
  interface Request {
    userId: string;
  }
}

const claims = z.object({ sub: z.string(), sid: z.string(), exp: z.number() });

/** Who sends the request, by the access token. */
export const authenticate: RequestHandler = (request, _response, next) => {
  try {
    const { header, payload } = jwt.verify(
      request.headers.authorization?.slice('Bearer '.length) ?? '',
      settings.jwtKey,
      {
        algorithms: ['HS256'],
        issuer: TOKEN.issuer,
        audience: TOKEN.audience,
        complete: true,
      },
    );
    if (header.typ !== TOKEN.type) throw new Error('Not an access token.');
    request.userId = claims.parse(payload).sub;
  } catch {
    throw new HttpError(401, 'invalid_token');
  }
  next();
};
