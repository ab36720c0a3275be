import 'reflect-metadata';
import cors from 'cors';
import express from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { DataSource } from 'typeorm';
import { settings } from '../peer.ts';
import { authenticate } from './authenticate.ts';
import * as entities from './entities.ts';
import { answerErrors } from './http-error.ts';
import { addReads } from './reads.ts';
import { addSignIns } from './sign-ins.ts';
import { addWrites } from './writes.ts';

/* What most would build this with: Express and TypeORM, with security headers, CORS and a line of JSON a request. */

const database = new DataSource({
  type: 'postgres',
  url: settings.databaseUrl,
  entities: Object.values(entities),
  poolSize: settings.poolSize,
});
await database.initialize();

const app = express();
// A hash of each answer, which nobody asks for here.
app.set('etag', false);
app.use(
  pinoHttp({
    // Without the headers: shorter lines, and no tokens in them.
    serializers: {
      req: ({ id, method, url }: { id: unknown; method: unknown; url: unknown }) => ({ id, method, url }),
      res: ({ statusCode }: { statusCode: unknown }) => ({ statusCode }),
    },
    autoLogging: { ignore: ({ url }) => url.startsWith('/health/') },
  }),
);
app.use(helmet());
app.use(cors({ origin: 'https://table.example.org' }));
app.use(express.json({ limit: '1mb' }));

app.get('/health/live', (_request, response) => {
  response.json({ status: 'alive', timestamp: new Date() });
});
addSignIns(app, database);
const api = express.Router();
api.use(authenticate);
addReads(api, database);
addWrites(api, database);
app.use(api);
app.use(answerErrors);

const server = app.listen(settings.port, settings.host);
process.once('SIGTERM', () => {
  server.close(() => void database.destroy());
  server.closeIdleConnections();
});
