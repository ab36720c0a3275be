import { signedSessionCursor } from './dataset.ts';

/** A server that is measured: a program of its own. */
export interface ServerKind {
  readonly key: string;
  readonly ours: boolean;
  /** Ours once more, as it is when the cache has nothing. */
  readonly uncached?: true;
  readonly name: string;
  /** Of another checkout of the project; this one's by default. */
  readonly folder?: string;
  /** From that folder. */
  readonly program: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it answers once it takes requests. */
  readonly readyPath: string;
  /** Its cursor into the sessions of the big campaign. */
  cursorAfter(user: number, sessionNumber: number): string;
}

const lazyFoundry = {
  ours: true,
  // As `npm start` has it.
  program: ['bin/foundry.js', 'serve'],
  readyPath: '/health/ready',
  cursorAfter: signedSessionCursor,
} as const;

const peer = {
  ours: false,
  environment: {},
  readyPath: '/health/live',
  cursorAfter: (_user: number, sessionNumber: number) => Buffer.from(String(sessionNumber)).toString('base64url'),
} as const;

const ours: ServerKind = { ...lazyFoundry, key: 'ours', name: 'Lazy Foundry', environment: {} };

export const servers: readonly ServerKind[] = [
  ours,
  { ...lazyFoundry, key: 'uncached', name: 'Lazy Foundry, uncached', uncached: true, environment: { CACHE: 'off' } },
  { ...peer, key: 'fastify', name: 'Fastify + pg', program: ['bench/servers/fastify-pg/server.ts'] },
  { ...peer, key: 'express', name: 'Express + TypeORM', program: ['bench/servers/express-typeorm/server.ts'] },
];

export const serverKeys: readonly string[] = servers.map(({ key }) => key);

/** Those with these keys; and ours as the checkouts in these folders have it, next to ours. */
export function chosenServers(keys: readonly string[], folders: readonly string[]): readonly ServerKind[] {
  const beside = folders.map((folder, index) => ({
    ...ours,
    key: `beside-${index + 1}`,
    name: `Lazy Foundry in ${folder}`,
    folder,
  }));
  const chosen = servers.filter(({ key }) => keys.includes(key));
  return [...chosen.filter(({ key }) => key === 'ours'), ...beside, ...chosen.filter(({ key }) => key !== 'ours')];
}
