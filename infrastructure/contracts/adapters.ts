import type { AuditEvent } from '../../core/audit/audit-event.ts';
import type { AuditEventRepository } from '../../core/audit/audit-event-repository.ts';
import type { ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import type { ApiTokenRepository } from '../../core/auth/api-token-repository.ts';
import type { LoginFailures } from '../../core/auth/login-failures.ts';
import type { SignInRepository } from '../../core/auth/sign-in-repository.ts';
import type { CampaignRepository } from '../../core/campaigns/campaign-repository.ts';
import type { InviteRepository } from '../../core/members/invite-repository.ts';
import type { MemberRepository } from '../../core/members/member-repository.ts';
import type { SessionRepository } from '../../core/sessions/session-repository.ts';
import type { Usage } from '../../core/shared/limits.ts';
import type { Transaction } from '../../core/shared/transaction.ts';
import type { UserRepository } from '../../core/users/user-repository.ts';

/** The command ports as one storage answers them. Every contract suite makes its own data, so they may share one. */
export interface Adapters {
  readonly auditEvents: AuditEventRepository;
  /** What the audit events tell of a subject, oldest first. */
  recorded(subjectId: string): Promise<readonly AuditEvent[]>;
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly apiTokens: ApiTokenRepository;
  /** By which alone the contract can tell what the repository did. */
  readonly apiTokenQueries: ApiTokenQueries;
  readonly loginFailures: LoginFailures;
  readonly invites: InviteRepository;
  readonly members: MemberRepository;
  readonly campaigns: CampaignRepository;
  readonly sessions: SessionRepository;
  readonly transaction: Transaction;
  /** By which alone the contract can tell what counts. */
  usage(userId: string): Promise<Usage>;
}
