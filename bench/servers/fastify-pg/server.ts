import { createVerifier } from 'fast-jwt';
import fastify from 'fastify';
import pg from 'pg';
import { TOKEN, settings } from '../peer.ts';
import { addReads } from './reads.ts';
import { addSignIns } from './sign-ins.ts';
import { addWrites } from './writes.ts';

/*
 * The practical limit: Fastify with compiled guards and serializers, and statements that PostgreSQL has prepared, one
 * a read. No logs, no security headers, no CORS, no rate limits, no look whether the sign-in still lives.
 */

declare module 'fastify' {
  interface FastifyRequest {
    userId: string;
  }
}

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize, ssl: false });
const app = fastify();
const verifyToken: (token: string) => unknown = createVerifier({
  key: settings.jwtKey,
  algorithms: ['HS256'],
  allowedIss: TOKEN.issuer,
  allowedAud: TOKEN.audience,
  checkTyp: TOKEN.type,
  requiredClaims: ['sub', 'sid', 'iat', 'exp'],
  // A token that was verified once needs a look at its expiry only.
  cache: 20_000,
});

app.get(
  '/health/live',
  {
    schema: {
      response: {
        200: {
          type: 'object',
          properties: { status: { type: 'string' }, timestamp: { type: 'string', format: 'date-time' } },
        },
      },
    },
  },
  () => ({ status: 'alive', timestamp: new Date() }),
);

addSignIns(app, pool);
await app.register((api, _, done) => {
  api.decorateRequest('userId', '');
  api.addHook('onRequest', (request, reply, next) => {
    try {
      request.userId = subjectOf(verifyToken(request.headers.authorization?.slice('Bearer '.length) ?? ''));
      next();
    } catch {
      reply.code(401).send({ code: 'invalid_token' });
    }
  });
  addReads(api, pool);
  addWrites(api, pool);
  done();
});

process.once('SIGTERM', () => {
  void app.close().then(() => pool.end());
});
await app.listen({ host: settings.host, port: settings.port });

function subjectOf(claims: unknown): string {
  if (typeof claims !== 'object' || claims === null || !('sub' in claims))
    throw new Error('A token without a subject.');
  return String(claims.sub);
}
