/** What a member is in a campaign, the most able first. */
export const ROLES = ['owner', 'gm', 'player', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Everything that can be done in a campaign: `<what>:<verb>`. */
const ACTIONS = [
  'campaign:read',
  'campaign:update',
  'campaign:delete',
  'campaign:restore',
  'campaign:manage-members',
  'secrets:read',
  'sessions:read',
  'sessions:schedule',
  'sessions:update',
  'sessions:start',
  'sessions:finalize',
  'sessions:cancel',
  'sessions:reschedule',
  'sessions:delete',
  'sessions:restore',
] as const;
export type Action = (typeof ACTIONS)[number];

type Permissions = Readonly<Record<Action, boolean>>;

const viewer: Permissions = {
  'campaign:read': true,
  'campaign:update': false,
  'campaign:delete': false,
  'campaign:restore': false,
  'campaign:manage-members': false,
  'secrets:read': false,
  'sessions:read': true,
  'sessions:schedule': false,
  'sessions:update': false,
  'sessions:start': false,
  'sessions:finalize': false,
  'sessions:cancel': false,
  'sessions:reschedule': false,
  'sessions:delete': false,
  'sessions:restore': false,
};
const player: Permissions = { ...viewer };
const gm: Permissions = {
  ...player,
  'campaign:update': true,
  'secrets:read': true,
  'sessions:schedule': true,
  'sessions:update': true,
  'sessions:start': true,
  'sessions:finalize': true,
  'sessions:cancel': true,
  'sessions:reschedule': true,
  'sessions:delete': true,
  'sessions:restore': true,
};
const owner: Permissions = {
  ...gm,
  'campaign:delete': true,
  'campaign:restore': true,
  'campaign:manage-members': true,
};

/** The one table of who may do what. An entry that is missing does not compile. */
const TABLE: Readonly<Record<Role, Permissions>> = { owner, gm, player, viewer };

export function may(role: Role, action: Action): boolean {
  return TABLE[role][action];
}

/** The verbs that `role` has on `what`, as clients see them: `['update', 'delete']`. Reading is understood. */
export function abilitiesOn(what: 'campaign' | 'sessions', role: Role): readonly string[] {
  return ACTIONS.filter((action) => action.startsWith(`${what}:`) && may(role, action))
    .map((action) => action.slice(what.length + 1))
    .filter((verb) => verb !== 'read');
}
