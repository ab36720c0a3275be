import { memberOperations } from '../../adapters/operations/members.ts';
import {
  type Authorize,
  type AuthorizeBehind,
  makeAuthorize,
  makeAuthorizeBehind,
} from '../../core/members/authorize.ts';
import { type AcceptInvite, makeAcceptInvite } from '../../core/members/accept-invite.ts';
import { makeChangeRole } from '../../core/members/change-role.ts';
import { type FindInvite, makeFindInvite } from '../../core/members/find-invite.ts';
import type { InviteCodes } from '../../core/members/invite-codes.ts';
import type { InviteRepository } from '../../core/members/invite-repository.ts';
import type { MemberRepository } from '../../core/members/member-repository.ts';
import { makeRemoveMember } from '../../core/members/remove-member.ts';
import { inviteCodes } from '../crypto/invite-codes.ts';
import { InviteRow, InviteUseRow, makeInviteRepository } from '../database/invite-repository.ts';
import { makeMemberQueries } from '../database/member-queries.ts';
import { MemberRow, makeMemberRepository } from '../database/member-repository.ts';
import { AUDIT } from './audit.ts';
import { type Feature, token } from './binder.ts';
import { CLOCK, DATABASE, PROVE, QUOTAS, READER, TRANSACTION } from './shared.ts';
import { USERS } from './users.ts';

export const MEMBERS = token<MemberRepository>('members');
export const INVITES = token<InviteRepository>('invites');
export const INVITE_CODES = token<InviteCodes>('invite codes');
export const FIND_INVITE = token<FindInvite>('find invite');
export const ACCEPT_INVITE = token<AcceptInvite>('accept invite');
export const AUTHORIZE = token<Authorize>('authorize');
export const AUTHORIZE_BEHIND = token<AuthorizeBehind>('authorize behind');

export const members: Feature = {
  rows: [MemberRow, InviteRow, InviteUseRow],
  register: ({ provide, make, serve }) => {
    provide(MEMBERS, { database: DATABASE, quotas: QUOTAS }, ({ database, quotas }) =>
      makeMemberRepository(database, quotas),
    );
    provide(INVITES, { database: DATABASE }, ({ database }) => makeInviteRepository(database));
    provide(INVITE_CODES, {}, () => inviteCodes);
    provide(FIND_INVITE, { invites: INVITES, codes: INVITE_CODES, clock: CLOCK }, makeFindInvite);
    provide(
      ACCEPT_INVITE,
      {
        audit: AUDIT,
        invites: INVITES,
        findInvite: FIND_INVITE,
        members: MEMBERS,
        prove: PROVE,
        clock: CLOCK,
        transaction: TRANSACTION,
      },
      makeAcceptInvite,
    );
    provide(AUTHORIZE, { members: MEMBERS, prove: PROVE }, makeAuthorize);
    provide(AUTHORIZE_BEHIND, { members: MEMBERS, authorize: AUTHORIZE }, makeAuthorizeBehind);
    const change = {
      audit: AUDIT,
      authorizeBehind: AUTHORIZE_BEHIND,
      invites: INVITES,
      members: MEMBERS,
      prove: PROVE,
      transaction: TRANSACTION,
    };
    const services = make(
      {
        changeRole: make({ ...change, users: USERS }, makeChangeRole),
        remove: make(change, makeRemoveMember),
        queries: make({ reader: READER }, ({ reader }) => makeMemberQueries(reader)),
      },
      (made) => ({ members: made }),
    );
    serve(memberOperations, services);
  },
};
