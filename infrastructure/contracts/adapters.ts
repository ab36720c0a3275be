import { type SignInRepository } from '../../core/auth/sign-in-repository.ts';
import { type CampaignRepository } from '../../core/campaigns/campaign-repository.ts';
import { type MemberRepository } from '../../core/members/member-repository.ts';
import { type SessionRepository } from '../../core/sessions/session-repository.ts';
import { type Transaction } from '../../core/shared/transaction.ts';
import { type UserRepository } from '../../core/users/user-repository.ts';

/** The command ports as one storage answers them. Every contract suite makes its own data, so they may share one. */
export interface Adapters {
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly members: MemberRepository;
  readonly campaigns: CampaignRepository;
  readonly sessions: SessionRepository;
  readonly transaction: Transaction;
}
