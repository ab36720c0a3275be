import type { ApiToken } from '../../core/auth/api-token.ts';
import type { SignIn } from '../../core/auth/sign-in.ts';
import type { Campaign } from '../../core/campaigns/campaign.ts';
import type { Invite } from '../../core/members/invite.ts';
import type { Member } from '../../core/members/member.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { User } from '../../core/users/user.ts';
import type { Adapters } from './adapters.ts';
import { aCampaign, aMember, aSession, aSignIn, aTokenHash, aUser, anApiToken, anInvite } from './builders.ts';

// Built and added, with what they refer to.

export async function storedUser({ users }: Pick<Adapters, 'users'>, values: Partial<User> = {}): Promise<User> {
  const user = aUser(values);
  await users.add(user);
  return user;
}

export async function storedSignIn(
  adapters: Adapters,
  values: Partial<SignIn> = {},
): Promise<{ readonly signIn: SignIn; readonly hash: string }> {
  const userId = values.userId ?? (await storedUser(adapters)).id;
  const signIn = aSignIn({ ...values, userId });
  const hash = aTokenHash();
  await adapters.signIns.add(signIn, hash);
  return { signIn, hash };
}

export async function storedApiToken(
  adapters: Adapters,
  values: Partial<ApiToken> = {},
): Promise<{ readonly token: ApiToken; readonly hash: string }> {
  const userId = values.userId ?? (await storedUser(adapters)).id;
  const token = anApiToken({ ...values, userId });
  const hash = aTokenHash();
  await adapters.apiTokens.add(token, hash);
  return { token, hash };
}

/** With its owner as a member. */
export async function storedCampaign(adapters: Adapters, values: Partial<Campaign> = {}): Promise<Campaign> {
  const ownerId = values.ownerId ?? (await storedUser(adapters)).id;
  const campaign = aCampaign({ ...values, ownerId });
  await adapters.campaigns.add(campaign);
  await adapters.members.add(aMember({ campaignId: campaign.id, userId: ownerId, role: 'owner' }));
  return campaign;
}

export async function storedMember(
  adapters: Adapters,
  values: Partial<Member> & { readonly campaignId: string },
): Promise<Member> {
  const userId = values.userId ?? (await storedUser(adapters)).id;
  const member = aMember({ ...values, userId });
  await adapters.members.add(member);
  return member;
}

/** By the campaign's owner. */
export async function storedInvite(
  adapters: Adapters,
  values: Partial<Invite> = {},
): Promise<{ readonly invite: Invite; readonly hash: string }> {
  const { id: campaignId, ownerId } =
    values.campaignId === undefined ? await storedCampaign(adapters) : { id: values.campaignId, ownerId: '' };
  const createdBy = values.createdBy ?? ownerId;
  const invite = anInvite({ ...values, campaignId, createdBy });
  const hash = aTokenHash();
  await adapters.invites.add(invite, hash);
  return { invite, hash };
}

export async function storedSession(adapters: Adapters, values: Partial<Session> = {}): Promise<Session> {
  const campaignId = values.campaignId ?? (await storedCampaign(adapters)).id;
  const session = aSession({ ...values, campaignId });
  await adapters.sessions.add(session);
  return session;
}
