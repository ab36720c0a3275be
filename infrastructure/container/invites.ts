import { inviteOperations } from '../../adapters/operations/invites.ts';
import { makeCreateInvite } from '../../core/members/create-invite.ts';
import { makeLookAtInvite } from '../../core/members/look-at-invite.ts';
import { makeRevokeInvite } from '../../core/members/revoke-invite.ts';
import { makeInviteQueries } from '../database/invite-queries.ts';
import { AUDIT } from './audit.ts';
import type { Feature } from './binder.ts';
import { ACCEPT_INVITE, AUTHORIZE, AUTHORIZE_BEHIND, INVITES, INVITE_CODES } from './members.ts';
import { CLOCK, CONFIG, DATABASE, IDS, READER, TRANSACTION } from './shared.ts';

export const invites: Feature = {
  rows: [],
  register: ({ make, serve }) => {
    const codes = INVITE_CODES;
    const queries = make({ database: DATABASE, reader: READER }, ({ database, reader }) =>
      makeInviteQueries(database, reader),
    );
    const change = { audit: AUDIT, invites: INVITES, codes, transaction: TRANSACTION };
    const services = make(
      {
        create: make({ ...change, authorizeBehind: AUTHORIZE_BEHIND, ids: IDS, clock: CLOCK }, makeCreateInvite),
        look: make({ queries, codes, clock: CLOCK }, makeLookAtInvite),
        accept: ACCEPT_INVITE,
        revoke: make({ ...change, authorize: AUTHORIZE }, makeRevokeInvite),
        queries,
        config: CONFIG,
      },
      ({ config, ...made }) => ({ invites: made, urlOf: (code: string) => `${config.publicUrl}/api/invites/${code}` }),
    );
    serve(inviteOperations, services);
  },
};
