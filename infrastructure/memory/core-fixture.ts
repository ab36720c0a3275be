import { makeAuditTrail } from '../../core/audit/audit-trail.ts';
import { makeAuthenticate } from '../../core/auth/authenticate.ts';
import { makeChangePassword } from '../../core/auth/change-password.ts';
import { makeCreateApiToken } from '../../core/auth/create-api-token.ts';
import { makeEndSignIn } from '../../core/auth/end-sign-in.ts';
import { makeIdentify } from '../../core/auth/identify.ts';
import { makeListSignIns } from '../../core/auth/list-sign-ins.ts';
import { makeLogIn } from '../../core/auth/log-in.ts';
import { makeLoginThrottle } from '../../core/auth/login-throttle.ts';
import { makeProvePassword } from '../../core/auth/prove-password.ts';
import { makeLogOutEverywhere } from '../../core/auth/log-out-everywhere.ts';
import { makeLogOut } from '../../core/auth/log-out.ts';
import { makeRefreshSignIn } from '../../core/auth/refresh-sign-in.ts';
import { makeRegister } from '../../core/auth/register.ts';
import { makeProve } from '../../core/auth/prove.ts';
import { makeReadAccessToken } from '../../core/auth/read-access-token.ts';
import { makeResetPassword } from '../../core/auth/reset-password.ts';
import { makeRevokeApiToken } from '../../core/auth/revoke-api-token.ts';
import { makeSuspendUser } from '../../core/auth/suspend-user.ts';
import { makeBeginSignIn } from '../../core/auth/begin-sign-in.ts';
import { makeCreateCampaign } from '../../core/campaigns/create-campaign.ts';
import { makeDeleteCampaign } from '../../core/campaigns/delete-campaign.ts';
import { makeRestoreCampaign } from '../../core/campaigns/restore-campaign.ts';
import { makeUpdateCampaign } from '../../core/campaigns/update-campaign.ts';
import { makeAcceptInvite } from '../../core/members/accept-invite.ts';
import { makeAuthorize, makeAuthorizeBehind } from '../../core/members/authorize.ts';
import { makeChangeRole } from '../../core/members/change-role.ts';
import { makeCreateInvite } from '../../core/members/create-invite.ts';
import { makeFindInvite } from '../../core/members/find-invite.ts';
import { makeRemoveMember } from '../../core/members/remove-member.ts';
import { makeRevokeInvite } from '../../core/members/revoke-invite.ts';
import type { Role } from '../../core/members/role.ts';
import { makeAmendResults } from '../../core/sessions/amend-results.ts';
import { makeCancelSession } from '../../core/sessions/cancel-session.ts';
import { makeChangeSession } from '../../core/sessions/change-session.ts';
import { makeDeleteSession } from '../../core/sessions/delete-session.ts';
import { makeFinalizeSession } from '../../core/sessions/finalize-session.ts';
import { makeReopenSession } from '../../core/sessions/reopen-session.ts';
import { makeRescheduleSession } from '../../core/sessions/reschedule-session.ts';
import { makeRestoreSession } from '../../core/sessions/restore-session.ts';
import { makeScheduleSession } from '../../core/sessions/schedule-session.ts';
import { makeStartSession } from '../../core/sessions/start-session.ts';
import { makeUpdateSession } from '../../core/sessions/update-session.ts';
import type { Actor } from '../../core/shared/actor.ts';
import { type Limits, UNLIMITED } from '../../core/shared/limits.ts';
import { makeActivateUser } from '../../core/users/activate-user.ts';
import { makeCreateUser } from '../../core/users/create-user.ts';
import { makePrepareUser } from '../../core/users/prepare-user.ts';
import { makeRenameUser } from '../../core/users/rename-user.ts';
import type { User } from '../../core/users/user.ts';
import type { Noun } from '../../core/world/entry.ts';
import { type EntryCommands, makeEntryCommands } from '../../core/world/entry-commands.ts';
import { storedCampaign, storedMember, storedSignIn, storedUser } from '../contracts/stored.ts';
import { inviteCodes } from '../crypto/invite-codes.ts';
import { makeFixedClock } from './fixed-clock.ts';
import { makeMemoryAdapters } from './memory-adapters.ts';
import {
  makePlainPasswordStrength,
  makeFastHasher,
  makePlainAccessTokens,
  makePlainApiTokenSecrets,
  makePlainRefreshTokens,
  makeSequentialIds,
} from './test-doubles.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
/** Of the fixture's tokens, as the configuration has them by default. */
export const ACCESS_TOKEN_LIFETIME = 15 * MINUTE;
export const SIGN_IN_LIFETIME = 30 * DAY;
/** The moment at which a fixture's clock stands. */
const START = new Date('2026-11-23T19:00:00.123Z');
export const COMMON_PASSWORD = 'Password123';
/** Of every actor that a fixture makes. */
export const ACTOR_PASSWORD = 'Quiet-harbour-7';

/** Every use case of the core over memory, and the handles by which a test moves what is around it. */
export interface CoreFixture extends ReturnType<typeof makeUseCases>, Doubles {
  /** Somebody with an account and a sign-in, but in no campaign. */
  newActor(values?: Partial<User>): Promise<Actor>;
  /** A campaign with one member of each role. */
  newParty(): Promise<Party>;
  /** The use cases of a noun of the world. */
  entryCommands<Own extends object>(noun: Noun<Own>): EntryCommands<Own>;
}

interface Party extends Readonly<Record<Role, Actor>> {
  readonly campaignId: string;
  /** No member. */
  readonly stranger: Actor;
}

type Doubles = ReturnType<typeof makeDoubles>;

export function makeCoreFixture(limits: Limits = UNLIMITED): CoreFixture {
  const doubles = makeDoubles(limits);
  const useCases = makeUseCases(doubles);

  const newActor: CoreFixture['newActor'] = async (values) => {
    const user = await storedUser(doubles, { passwordHash: await doubles.hasher.hash(ACTOR_PASSWORD), ...values });
    // It outlasts whatever a test waits for.
    const expiresAt = new Date(START.getTime() + 365 * DAY);
    const { signIn } = await storedSignIn(doubles, { userId: user.id, createdAt: START, expiresAt });
    return { userId: user.id, signInId: signIn.id, scopes: null };
  };
  const newMember = async (campaignId: string, role: Role): Promise<Actor> => {
    const actor = await newActor();
    await storedMember(doubles, { campaignId, userId: actor.userId, role });
    return actor;
  };
  const newParty: CoreFixture['newParty'] = async () => {
    const owner = await newActor();
    const { id: campaignId } = await storedCampaign(doubles, { ownerId: owner.userId });
    return {
      campaignId,
      owner,
      gm: await newMember(campaignId, 'gm'),
      player: await newMember(campaignId, 'player'),
      viewer: await newMember(campaignId, 'viewer'),
      stranger: await newActor(),
    };
  };
  const entryCommands: CoreFixture['entryCommands'] = (noun) =>
    makeEntryCommands(noun, { ...doubles, ...useCases, entries: doubles.entriesOf(noun).repository });
  return { ...doubles, ...useCases, newActor, newParty, entryCommands };
}

function makeDoubles(limits: Limits) {
  const adapters = makeMemoryAdapters(limits);
  const clock = makeFixedClock(START);
  return {
    ...adapters,
    clock,
    // With ids of its own, so that those of the things a test makes stay predictable.
    audit: makeAuditTrail({ ...adapters, clock, ids: makeSequentialIds() }),
    ids: makeSequentialIds(),
    hasher: makeFastHasher(),
    passwordStrength: makePlainPasswordStrength([COMMON_PASSWORD]),
    refreshTokens: makePlainRefreshTokens(SIGN_IN_LIFETIME),
    secrets: makePlainApiTokenSecrets(),
    codes: inviteCodes,
    accessTokens: makePlainAccessTokens(ACCESS_TOKEN_LIFETIME),
  };
}

function makeUseCases(doubles: Doubles) {
  const prepareUser = makePrepareUser(doubles);
  const throttle = makeLoginThrottle({ ...doubles, failures: doubles.loginFailures });
  const provePassword = makeProvePassword({ ...doubles, throttle });
  const beginSignIn = makeBeginSignIn(doubles);
  const prove = makeProve({ ...doubles, signIns: doubles.signInQueries, apiTokens: doubles.apiTokenQueries });
  const findInvite = makeFindInvite(doubles);
  const acceptInvite = makeAcceptInvite({ ...doubles, findInvite, prove });
  const authorize = makeAuthorize({ ...doubles, prove });
  const authorizeBehind = makeAuthorizeBehind({ ...doubles, authorize });
  const changeSession = makeChangeSession({ ...doubles, authorize });
  const readAccessToken = makeReadAccessToken(doubles);
  const identify = makeIdentify({ ...doubles, readAccessToken, apiTokens: doubles.apiTokenQueries });
  return {
    createUser: makeCreateUser({ ...doubles, prepareUser }),
    renameUser: makeRenameUser({ ...doubles, prove }),
    activateUser: makeActivateUser(doubles),

    register: makeRegister({ ...doubles, registration: 'open', findInvite, acceptInvite, prepareUser, beginSignIn }),
    throttle,
    provePassword,
    logIn: makeLogIn({ ...doubles, throttle, beginSignIn }),
    refreshSignIn: makeRefreshSignIn(doubles),
    logOut: makeLogOut(doubles),
    logOutEverywhere: makeLogOutEverywhere({ ...doubles, prove }),
    endSignIn: makeEndSignIn(doubles),
    listSignIns: makeListSignIns({ ...doubles, signIns: doubles.signInQueries }),
    changePassword: makeChangePassword({ ...doubles, provePassword, prove }),
    identify,
    prove,
    authenticate: makeAuthenticate({ identify, prove }),
    createApiToken: makeCreateApiToken({ ...doubles, provePassword, prove }),
    revokeApiToken: makeRevokeApiToken(doubles),
    suspendUser: makeSuspendUser(doubles),
    resetPassword: makeResetPassword(doubles),

    authorize,
    authorizeBehind,
    changeRole: makeChangeRole({ ...doubles, authorizeBehind, prove }),
    removeMember: makeRemoveMember({ ...doubles, authorizeBehind, prove }),
    createInvite: makeCreateInvite({ ...doubles, authorizeBehind }),
    findInvite,
    acceptInvite,
    revokeInvite: makeRevokeInvite({ ...doubles, authorize }),

    createCampaign: makeCreateCampaign({ ...doubles, prove }),
    updateCampaign: makeUpdateCampaign({ ...doubles, authorize, authorizeBehind }),
    deleteCampaign: makeDeleteCampaign({ ...doubles, authorizeBehind }),
    restoreCampaign: makeRestoreCampaign({ ...doubles, authorize, authorizeBehind }),

    scheduleSession: makeScheduleSession({ ...doubles, authorize }),
    updateSession: makeUpdateSession({ ...doubles, changeSession, authorizeBehind }),
    deleteSession: makeDeleteSession({ changeSession }),
    restoreSession: makeRestoreSession({ ...doubles, changeSession }),
    startSession: makeStartSession({ changeSession }),
    cancelSession: makeCancelSession({ changeSession }),
    rescheduleSession: makeRescheduleSession({ changeSession }),
    reopenSession: makeReopenSession({ ...doubles, changeSession }),
    finalizeSession: makeFinalizeSession({ ...doubles, authorize, changeSession }),
    amendResults: makeAmendResults({ ...doubles, authorize, changeSession }),
  };
}
