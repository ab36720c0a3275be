import { WORLD_SAMPLES } from '../../test/support/world-samples.ts';
import { openTestDatabase, testCluster } from '../../test/support/test-cluster.ts';
import type { Adapters } from '../contracts/adapters.ts';
import { describeApiTokenRepository } from '../contracts/api-token-repository.contract.ts';
import { describeAuditEventRepository } from '../contracts/audit-event-repository.contract.ts';
import { describeCampaignRepository } from '../contracts/campaign-repository.contract.ts';
import { describeEntryRepository } from '../contracts/entry-repository.contract.ts';
import { describeInviteRepository } from '../contracts/invite-repository.contract.ts';
import { describeLoginFailures } from '../contracts/login-failures.contract.ts';
import { describeMemberRepository } from '../contracts/member-repository.contract.ts';
import { describeQuotas } from '../contracts/quotas.contract.ts';
import { describeSessionRepository } from '../contracts/session-repository.contract.ts';
import { describeSignInRepository } from '../contracts/sign-in-repository.contract.ts';
import { describeTransaction } from '../contracts/transaction.contract.ts';
import { describeUserRepository } from '../contracts/user-repository.contract.ts';
import type { Database } from './database.ts';
import { makeEntryRepository } from './entry-repository.ts';
import { makeQuotas } from './quotas.ts';
import { UNLIMITED } from '../../core/shared/limits.ts';
import { postgresqlAdapters } from '../../test/support/postgresql-adapters.ts';

describe('the repositories on PostgreSQL', () => {
  let database: Database;

  before(async () => {
    database = await openTestDatabase(await (await testCluster()).migrated());
  });
  after(() => database.close());

  const open = (): Promise<Adapters> => Promise.resolve(postgresqlAdapters(database));

  describeTransaction('postgresql', open);
  describeAuditEventRepository('postgresql', open);
  describeUserRepository('postgresql', open);
  describeSignInRepository('postgresql', open);
  describeApiTokenRepository('postgresql', open);
  describeLoginFailures('postgresql', open);
  describeMemberRepository('postgresql', open);
  describeInviteRepository('postgresql', open);
  describeCampaignRepository('postgresql', open);
  describeSessionRepository('postgresql', open);
  for (const sample of WORLD_SAMPLES) {
    describeEntryRepository('postgresql', sample, () =>
      Promise.resolve({
        ...postgresqlAdapters(database),
        entries: makeEntryRepository(database, sample.row, makeQuotas(database, UNLIMITED)),
      }),
    );
    describeQuotas('postgresql', sample, (limits) => {
      const entries = makeEntryRepository(database, sample.row, makeQuotas(database, limits));
      return Promise.resolve({ ...postgresqlAdapters(database, limits), entries });
    });
  }
});
