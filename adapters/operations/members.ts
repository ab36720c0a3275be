import { object } from 'yup';
import type { ChangeRole } from '../../core/members/change-role.ts';
import type { MemberQueries, MemberRecord } from '../../core/members/member-queries.ts';
import type { RemoveMember } from '../../core/members/remove-member.ts';
import { ROLES } from '../../core/members/role.ts';
import { notFound } from '../../core/shared/errors.ts';
import { instantText } from './instant-text.ts';
import { id, oneOf, pageFields, shown } from './fields.ts';
import { operation, read } from './operation.ts';
import { listOf, nothing, view } from './response.ts';

interface MemberServices {
  readonly members: {
    readonly changeRole: ChangeRole;
    readonly remove: RemoveMember;
    readonly queries: MemberQueries;
  };
}

const memberView = view({
  schema: object({ userId: shown.id(), username: shown.text(), role: oneOf(ROLES), joinedAt: shown.instant() }),
  present: ({ userId, username, role, joinedAt }: MemberRecord) => ({
    userId,
    username,
    role,
    joinedAt: instantText(joinedAt),
  }),
});

const memberParams = object({ campaignId: id(), userId: id() });

export const listMembers = read({
  name: 'listMembers',
  summary: 'Who belongs to the campaign, in the order of joining',
  method: 'GET',
  path: '/api/campaigns/:campaignId/members',
  status: 200,
  access: { scope: 'members:read' },
  params: object({ campaignId: id() }),
  query: object(pageFields()).noUnknown(),
  faults: [404],
  response: listOf(memberView),
  run: async ({ members }: MemberServices, viewer, { params, page }) => {
    const found = await members.queries.list(viewer, params.campaignId, page);
    if (found === null) throw notFound();
    return found;
  },
});

export const changeRole = operation({
  name: 'changeRole',
  summary: "Change a member's role",
  method: 'PATCH',
  path: '/api/campaigns/:campaignId/members/:userId',
  status: 200,
  access: { scope: 'members:write' },
  params: memberParams,
  body: object({ role: oneOf(ROLES) }).noUnknown(),
  faults: [404, 409],
  events: { done: ['authz_change'] },
  response: memberView,
  run: ({ members }: MemberServices, actor, { params, body }) => members.changeRole(actor, { ...params, ...body }),
});

export const removeMember = operation({
  name: 'removeMember',
  summary: 'Remove a member; or leave, as that member',
  method: 'DELETE',
  path: '/api/campaigns/:campaignId/members/:userId',
  status: 204,
  access: { scope: 'members:write' },
  params: memberParams,
  faults: [404, 409],
  events: { done: ['privilege_permissions_changed'] },
  response: nothing,
  run: ({ members }: MemberServices, actor, { params }) => members.remove(actor, params),
});

export const memberOperations = [listMembers, changeRole, removeMember];
