import { UNLIMITED } from '../../core/shared/limits.ts';
import type { Adapters } from '../../infrastructure/contracts/adapters.ts';
import { makeReader } from '../../infrastructure/database/reader.ts';
import { makeApiTokenQueries } from '../../infrastructure/database/api-token-queries.ts';
import { makeApiTokenRepository } from '../../infrastructure/database/api-token-repository.ts';
import { makeAuditEventRepository } from '../../infrastructure/database/audit-event-repository.ts';
import { makeCampaignRepository } from '../../infrastructure/database/campaign-repository.ts';
import type { Database } from '../../infrastructure/database/database.ts';
import { makeInviteRepository } from '../../infrastructure/database/invite-repository.ts';
import { makeKeyedHash } from '../../infrastructure/crypto/keyed-hash.ts';
import { makeLoginFailures } from '../../infrastructure/database/login-failures.ts';
import { makeMemberRepository } from '../../infrastructure/database/member-repository.ts';
import { makeQuotas } from '../../infrastructure/database/quotas.ts';
import { makeSessionRepository } from '../../infrastructure/database/session-repository.ts';
import { makeSignInRepository } from '../../infrastructure/database/sign-in-repository.ts';
import { makeUserRepository } from '../../infrastructure/database/user-repository.ts';
import { ask } from './ask.ts';

/** Every command port on PostgreSQL, for the contract suites and for tests that fill a database. */
export function postgresqlAdapters(database: Database, limits = UNLIMITED): Adapters {
  const quotas = makeQuotas(database, limits);
  return {
    auditEvents: makeAuditEventRepository(database),
    recorded: (subjectId) => ask(database, 'select * from audit_events where subject_id = $1 order by at', [subjectId]),
    users: makeUserRepository(database),
    signIns: makeSignInRepository(database),
    apiTokens: makeApiTokenRepository(database),
    apiTokenQueries: makeApiTokenQueries(database, makeReader({ database, clock: { now: () => new Date() } })),
    loginFailures: makeLoginFailures(database, makeKeyedHash(new Uint8Array(32))),
    invites: makeInviteRepository(database),
    members: makeMemberRepository(database, quotas),
    campaigns: makeCampaignRepository(database, quotas),
    sessions: makeSessionRepository(database, quotas),
    usage: async (userId) => {
      const [usage] = await ask<{ campaigns: string; bytes: string }>(
        database,
        `select (select count(*) from campaigns where owner_id = $1 and deleted_at is null) as campaigns,
          coalesce((select bytes from user_usage where user_id = $1), 0) as bytes`,
        [userId],
      );
      return { campaigns: Number(usage?.campaigns), bytes: Number(usage?.bytes) };
    },
    transaction: { run: (work) => database.transactional(work) },
  };
}
