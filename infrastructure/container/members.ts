import { memberOperations } from '../../adapters/operations/members.ts';
import {
  type Authorize,
  type AuthorizeBehind,
  makeAuthorize,
  makeAuthorizeBehind,
} from '../../core/members/authorize.ts';
import { makeChangeRole } from '../../core/members/change-role.ts';
import type { MemberRepository } from '../../core/members/member-repository.ts';
import { makeRemoveMember } from '../../core/members/remove-member.ts';
import { makeMemberQueries } from '../database/member-queries.ts';
import { MemberRow, makeMemberRepository } from '../database/member-repository.ts';
import { AUDIT } from './audit.ts';
import { type Feature, token } from './binder.ts';
import { DATABASE, PROVE, READER, TRANSACTION } from './shared.ts';
import { USERS } from './users.ts';

export const MEMBERS = token<MemberRepository>('members');
export const AUTHORIZE = token<Authorize>('authorize');
export const AUTHORIZE_BEHIND = token<AuthorizeBehind>('authorize behind');

export const members: Feature = {
  rows: [MemberRow],
  register: ({ provide, make, serve }) => {
    provide(MEMBERS, { database: DATABASE }, ({ database }) => makeMemberRepository(database));
    provide(AUTHORIZE, { members: MEMBERS, prove: PROVE }, makeAuthorize);
    provide(AUTHORIZE_BEHIND, { members: MEMBERS, authorize: AUTHORIZE }, makeAuthorizeBehind);
    const change = { audit: AUDIT, authorizeBehind: AUTHORIZE_BEHIND, members: MEMBERS, transaction: TRANSACTION };
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
