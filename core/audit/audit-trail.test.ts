import { expect } from 'chai';
import type { AuditEvent } from './audit-event.ts';
import { faultOf } from '../../infrastructure/contracts/fault-of.ts';
import { storedSession } from '../../infrastructure/contracts/stored.ts';
import { ACTOR_PASSWORD, type CoreFixture, MINUTE, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';

const PASSWORD = 'Secret-horse-7';
const NEW_PASSWORD = 'Other-horse-8';
const account = { email: 'anna@example.org', username: 'Anna', password: PASSWORD };
const credentials = { ...account, userAgent: 'Firefox', address: null };
const anyVersion = { expectedVersions: null };

type Told = Partial<AuditEvent>;

interface Case {
  /** Prepares, and answers the deed and what is to be told of it. */
  prepare(core: CoreFixture): Promise<{ readonly act: () => Promise<unknown>; readonly told: readonly Told[] }>;
}

const cases: Readonly<Record<string, Case['prepare']>> = {
  'a user whom an admin creates': (core) =>
    Promise.resolve({
      act: () => core.createUser(account),
      told: [{ actorId: null, action: 'created', subjectKind: 'user' }],
    }),
  'a user who registers, and signs in by that': (core) =>
    Promise.resolve({
      act: () => core.register(credentials),
      told: [
        { action: 'created', subjectKind: 'user' },
        { action: 'begun', subjectKind: 'sign-in' },
      ],
    }),
  'a log-in': async (core) => {
    const { user } = await core.register(credentials);
    return {
      act: () => core.logIn(credentials),
      told: [{ actorId: user.id, action: 'begun', subjectKind: 'sign-in' }],
    };
  },
  'a log-out': async (core) => {
    const { user, refreshToken } = await core.register(credentials);
    return {
      act: () => core.logOut({ refreshToken }),
      told: [{ actorId: user.id, action: 'ended', subjectKind: 'sign-in' }],
    };
  },
  'the end of all sign-ins': async (core) => {
    const actor = await core.newActor();
    const { userId } = actor;
    return {
      act: () => core.logOutEverywhere(actor, {}),
      told: [
        {
          actorId: userId,
          action: 'ended',
          subjectKind: 'user',
          subjectId: userId,
          details: { signIns: 'all', apiTokens: 'revoked' },
        },
      ],
    };
  },
  'the end of one sign-in': async (core) => {
    const actor = await core.newActor();
    const id = String(actor.signInId);
    return {
      act: () => core.endSignIn(actor, { id }),
      told: [{ actorId: actor.userId, action: 'ended', subjectKind: 'sign-in', subjectId: id }],
    };
  },
  'a refresh token that is used again': async (core) => {
    const { user, refreshToken } = await core.register(credentials);
    await core.refreshSignIn({ refreshToken });
    core.clock.advance(MINUTE);
    return {
      act: async () => expect((await faultOf(core.refreshSignIn({ refreshToken }))).code).to.match(/reused/),
      told: [{ actorId: user.id, action: 'reused', subjectKind: 'refresh-token' }],
    };
  },
  'a password that its owner changes': async (core) => {
    const { user } = await core.register(credentials);
    const actor = { userId: user.id, signInId: null, scopes: null };
    return {
      act: () => core.changePassword(actor, { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, address: null }),
      told: [
        {
          actorId: user.id,
          action: 'changed',
          subjectKind: 'password',
          subjectId: user.id,
          details: { apiTokens: 'revoked' },
        },
      ],
    };
  },
  'a password that an admin resets': async (core) => {
    const { user } = await core.register(credentials);
    return {
      act: () => core.resetPassword({ userId: user.id, password: NEW_PASSWORD }),
      told: [
        {
          actorId: null,
          action: 'reset',
          subjectKind: 'password',
          subjectId: user.id,
          details: { apiTokens: 'revoked' },
        },
      ],
    };
  },
  'an API token that is created': async (core) => {
    const actor = await core.newActor();
    return {
      act: () =>
        core.createApiToken(actor, {
          name: 'backup',
          scopes: ['campaigns:read'],
          password: ACTOR_PASSWORD,
          address: null,
        }),
      told: [
        {
          actorId: actor.userId,
          action: 'created',
          subjectKind: 'api-token',
          details: { scopes: 'campaigns:read', expiresAt: null },
        },
      ],
    };
  },
  'an API token that is revoked': async (core) => {
    const actor = await core.newActor();
    const { apiToken } = await core.createApiToken(actor, {
      name: 'backup',
      scopes: ['campaigns:read'],
      password: ACTOR_PASSWORD,
      address: null,
    });
    return {
      act: () => core.revokeApiToken(actor, apiToken),
      told: [{ actorId: actor.userId, action: 'revoked', subjectKind: 'api-token', subjectId: apiToken.id }],
    };
  },
  'a user who is suspended': async (core) => {
    const { userId } = await core.newActor();
    return {
      act: () => core.suspendUser({ userId }),
      told: [{ actorId: null, action: 'suspended', subjectKind: 'user', subjectId: userId }],
    };
  },
  'a user who is activated': async (core) => {
    const { userId } = await core.newActor({ status: 'suspended' });
    return {
      act: () => core.activateUser({ userId }),
      told: [{ actorId: null, action: 'activated', subjectKind: 'user', subjectId: userId }],
    };
  },
  'a role that is changed': async (core) => {
    const { campaignId, owner, player } = await core.newParty();
    const subject = { subjectKind: 'member', subjectId: player.userId, campaignId };
    return {
      act: () => core.changeRole(owner, { campaignId, userId: player.userId, role: 'gm' }),
      told: [{ actorId: owner.userId, action: 'changed', ...subject, details: { from: 'player', to: 'gm' } }],
    };
  },
  'a member who is removed': async (core) => {
    const { campaignId, owner, gm } = await core.newParty();
    const subject = { subjectKind: 'member', subjectId: gm.userId, campaignId };
    return {
      act: () => core.removeMember(owner, { campaignId, userId: gm.userId }),
      told: [{ actorId: owner.userId, action: 'removed', ...subject, details: { role: 'gm' } }],
    };
  },
  'a campaign that is deleted': async (core) => {
    const { campaignId, owner } = await core.newParty();
    const subject = { subjectKind: 'campaign', subjectId: campaignId, campaignId };
    return {
      act: () => core.deleteCampaign(owner, { campaignId, ...anyVersion }),
      told: [{ actorId: owner.userId, action: 'deleted', ...subject }],
    };
  },
  'a campaign that is restored': async (core) => {
    const { campaignId, owner } = await core.newParty();
    await core.deleteCampaign(owner, { campaignId, ...anyVersion });
    const subject = { subjectKind: 'campaign', subjectId: campaignId, campaignId };
    return {
      act: () => core.restoreCampaign(owner, { campaignId }),
      told: [{ actorId: owner.userId, action: 'restored', ...subject }],
    };
  },
  'a session that is deleted': async (core) => {
    const { campaignId, gm } = await core.newParty();
    const { id: sessionId } = await storedSession(core, { campaignId });
    const subject = { subjectKind: 'session', subjectId: sessionId, campaignId };
    return {
      act: () => core.deleteSession(gm, { sessionId, ...anyVersion }),
      told: [{ actorId: gm.userId, action: 'deleted', ...subject }],
    };
  },
  'a session that is reopened': async (core) => {
    const { campaignId, gm } = await core.newParty();
    const { id: sessionId } = await storedSession(core, { campaignId, status: 'cancelled' });
    const subject = { subjectKind: 'session', subjectId: sessionId, campaignId };
    return {
      act: () => core.reopenSession(gm, { sessionId }),
      told: [{ actorId: gm.userId, action: 'changed', ...subject, details: { reopened: 'planned' } }],
    };
  },
  'a session that is restored': async (core) => {
    const { campaignId, gm } = await core.newParty();
    const { id: sessionId } = await storedSession(core, { campaignId });
    await core.deleteSession(gm, { sessionId, ...anyVersion });
    const subject = { subjectKind: 'session', subjectId: sessionId, campaignId };
    return {
      act: () => core.restoreSession(gm, { sessionId }),
      told: [{ actorId: gm.userId, action: 'restored', ...subject }],
    };
  },
};

describe('the audit trail', () => {
  for (const [name, prepare] of Object.entries(cases)) {
    it(`tells of ${name}, when, by whom and where, and no secret`, async () => {
      const core = makeCoreFixture();
      const { act, told } = await prepare(core);
      const events = watch(core);
      await act();

      expect(events).to.have.length(told.length);
      for (const [index, each] of told.entries()) {
        expect(events[index]).to.deep.include({ at: core.clock.now(), campaignId: null, details: {}, ...each });
      }
      const text = JSON.stringify(events);
      for (const secret of [PASSWORD, NEW_PASSWORD, account.email, 'refresh-1', 'lfv_', '$plain$', 'hash of']) {
        expect(text).not.to.contain(secret);
      }
    });

    it(`lets nothing come of ${name} when it cannot tell of it`, async () => {
      const core = makeCoreFixture();
      const { act, told } = await prepare(core);
      const { add } = core.auditEvents;
      const failure = new Error('the audit table is full');
      core.auditEvents.add = () => Promise.reject(failure);
      expect(await act().catch((error: unknown) => error)).to.equal(failure);

      // What had been done could not be done again, or not with the same to tell.
      core.auditEvents.add = add;
      const events = watch(core);
      await act();
      expect(events).to.have.length(told.length);
    });
  }

  it('tells nothing of what changes nothing', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, player, gm } = await core.newParty();
    const { id: sessionId } = await storedSession(core, { campaignId });
    const { userId } = await core.newActor({ status: 'suspended' });
    const events = watch(core);
    await core.changeRole(owner, { campaignId, userId: player.userId, role: 'player' });
    await core.restoreCampaign(owner, { campaignId });
    await core.restoreSession(gm, { sessionId });
    await core.suspendUser({ userId });
    await core.activateUser(player);
    await core.logOut({ refreshToken: 'unknown' });

    expect(events).to.deep.equal([]);
  });
});

/** What is told from now on. */
function watch({ auditEvents }: CoreFixture): readonly AuditEvent[] {
  const events: AuditEvent[] = [];
  const { add } = auditEvents;
  auditEvents.add = async (event) => {
    await add(event);
    events.push(event);
  };
  return events;
}
