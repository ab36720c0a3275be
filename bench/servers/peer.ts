/* What both peers know of the house's rules. */

export const settings = {
  host: process.env.HOST ?? '127.0.0.1',
  port: Number(process.env.PORT),
  databaseUrl: process.env.DATABASE_URL ?? '',
  jwtKey: Buffer.from(process.env.JWT_KEY ?? '', 'base64url'),
  /** As ours. */
  poolSize: 20,
} as const;

export const TOKEN = { issuer: 'lazy-foundry', audience: 'lazy-foundry-api', type: 'at+jwt' } as const;

export type Role = 'owner' | 'gm' | 'player' | 'viewer';
export type Status = 'planned' | 'in_progress' | 'completed' | 'cancelled';

export const campaignAbilities: Readonly<Record<Role, readonly string[]>> = {
  owner: ['update', 'delete', 'invite', 'manage-members'],
  gm: ['update', 'invite'],
  player: [],
  viewer: [],
};

const sessionVerbs: Readonly<Record<Status, readonly string[]>> = {
  planned: ['update', 'start', 'finalize', 'cancel', 'reschedule', 'delete'],
  in_progress: ['update', 'finalize', 'cancel', 'reopen', 'delete'],
  completed: ['update', 'reopen', 'delete'],
  cancelled: ['update', 'reschedule', 'reopen', 'delete'],
};

export function runs(role: Role): boolean {
  return role === 'owner' || role === 'gm';
}

export function sessionAbilities(role: Role, status: Status): readonly string[] {
  return runs(role) ? sessionVerbs[status] : [];
}

function encodeCursor(position: string | number): string {
  return Buffer.from(String(position)).toString('base64url');
}

export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

/** The same list from the cursor on, for the Link header. */
export function nextPage(url: string, position: string | number): string {
  const [path = '', query] = url.split('?', 2);
  const params = new URLSearchParams(query);
  params.set('cursor', encodeCursor(position));
  return `<${path}?${params.toString()}>; rel="next"`;
}
