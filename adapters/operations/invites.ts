import { object, string } from 'yup';
import type { AcceptInvite, Acceptance } from '../../core/members/accept-invite.ts';
import type { CreateInvite, CreatedInvite } from '../../core/members/create-invite.ts';
import { INVITED_ROLES, type Invite } from '../../core/members/invite.ts';
import type { InviteLook, LookAtInvite } from '../../core/members/look-at-invite.ts';
import type { InviteQueries } from '../../core/members/invite-queries.ts';
import type { RevokeInvite } from '../../core/members/revoke-invite.ts';
import { ROLES } from '../../core/members/role.ts';
import { notFound } from '../../core/shared/errors.ts';
import { emptyBody, id, oneOf, optionalIntegerOrNull, pageFields, shown } from './fields.ts';
import { instantOrNull, instantText } from './instant-text.ts';
import { operation, publicOperation, read } from './operation.ts';
import { listOf, nothing, view } from './response.ts';

interface InviteServices {
  readonly invites: {
    readonly create: CreateInvite;
    readonly look: LookAtInvite;
    readonly accept: AcceptInvite;
    readonly revoke: RevokeInvite;
    readonly queries: InviteQueries;
  };
  /** Where people open an invite. */
  readonly urlOf: (code: string) => string;
}

const YEAR_HOURS = 366 * 24;
const MAX_USES = 1000;
const CODE = /^[0-9a-f]{32}$/i;
/** With the id of the invite, for who has lost the code. */
const CODE_OR_ID = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const inCampaign = { path: '/api/campaigns/:campaignId/invites', params: object({ campaignId: id() }) } as const;
const byCode = object({ code: string().matches(CODE, 'must be the code of an invite').defined() });
const byCodeOrId = object({ code: string().matches(CODE_OR_ID, 'must be the code or the id of an invite').defined() });

const fields = {
  id: shown.id(),
  role: oneOf(INVITED_ROLES),
  createdBy: shown.id(),
  createdAt: shown.instant(),
  expiresAt: shown.instantOrNull(),
  maxUses: shown.countOrNull(),
  uses: shown.count(),
};

const inviteView = view({ schema: object(fields).label('Invite'), present: presentInvite });

const createdView = view({
  schema: object({
    ...fields,
    code: shown.text().meta({ description: 'Shown this once: only its hash is stored.' }),
    url: shown.text().meta({ description: 'Where people open it.' }),
  }),
  present: ({ invite, code, url }: CreatedInvite & { readonly url: string }) => ({
    ...presentInvite(invite),
    code,
    url,
  }),
  location: ({ code }) => `/api/invites/${code}`,
});

const lookView = view({
  schema: object({ campaignName: shown.text(), role: oneOf(INVITED_ROLES) }),
  present: ({ campaignName, role }: InviteLook) => ({ campaignName, role }),
});

const acceptanceView = view({
  schema: object({ campaignId: shown.id(), role: oneOf(ROLES) }),
  present: ({ campaignId, role }: Acceptance) => ({ campaignId, role }),
});

export const createInvite = operation({
  ...inCampaign,
  name: 'createInvite',
  summary: 'Invite people into a campaign, for a week unless said otherwise; its code is shown this once',
  method: 'POST',
  status: 201,
  access: { scope: 'members:write' },
  answersSecret: true,
  body: object({
    role: oneOf(INVITED_ROLES),
    expiresInHours: optionalIntegerOrNull(1, YEAR_HOURS),
    maxUses: optionalIntegerOrNull(1, MAX_USES),
  }).noUnknown(),
  faults: [404, 409],
  events: { done: ['privilege_permissions_changed'] },
  response: createdView,
  run: async ({ invites, urlOf }: InviteServices, actor, { params, body }) => {
    const created = await invites.create(actor, { ...params, ...body });
    return { ...created, url: urlOf(created.code) };
  },
});

export const listInvites = read({
  ...inCampaign,
  name: 'listInvites',
  summary: "A campaign's invites, the newest first; never their codes",
  method: 'GET',
  status: 200,
  access: { scope: 'members:read' },
  query: object(pageFields()).noUnknown(),
  faults: [404],
  response: listOf(inviteView),
  run: async ({ invites }: InviteServices, viewer, { params, page }) => {
    const found = await invites.queries.list(viewer, params.campaignId, page);
    if (found === null) throw notFound();
    return found;
  },
});

export const getInvite = publicOperation({
  name: 'getInvite',
  summary: 'What an invite is to',
  method: 'GET',
  path: '/api/invites/:code',
  status: 200,
  access: { public: true },
  params: byCode,
  faults: [404, 409],
  response: lookView,
  run: ({ invites }: InviteServices, { params }) => invites.look(params),
});

export const acceptInvite = operation({
  name: 'acceptInvite',
  summary: 'Become a member by an invite; whoever is one stays what it is',
  method: 'POST',
  path: '/api/invites/:code/accept',
  status: 200,
  access: { scope: 'members:write' },
  params: byCode,
  body: emptyBody(),
  faults: [404, 409],
  events: { done: ['authz_change'] },
  response: acceptanceView,
  run: ({ invites }: InviteServices, actor, { params }) => invites.accept(actor, params),
});

export const revokeInvite = operation({
  name: 'revokeInvite',
  summary: 'Revoke an invite, by its code or its id',
  method: 'DELETE',
  path: '/api/invites/:code',
  status: 204,
  access: { scope: 'members:write' },
  params: byCodeOrId,
  faults: [404],
  events: { done: ['privilege_permissions_changed'] },
  response: nothing,
  run: ({ invites }: InviteServices, actor, { params }) => invites.revoke(actor, params),
});

export const inviteOperations = [createInvite, listInvites, getInvite, acceptInvite, revokeInvite];

function presentInvite({ id: inviteId, role, createdBy, createdAt, expiresAt, maxUses, uses }: Invite) {
  return {
    id: inviteId,
    role,
    createdBy,
    createdAt: instantText(createdAt),
    expiresAt: instantOrNull(expiresAt),
    maxUses,
    uses,
  };
}
