import { openTestDatabase, testCluster } from '../../test/support/test-cluster.ts';
import { type Adapters } from '../contracts/adapters.ts';
import { describeCampaignRepository } from '../contracts/campaign-repository.contract.ts';
import { describeMemberRepository } from '../contracts/member-repository.contract.ts';
import { describeSessionRepository } from '../contracts/session-repository.contract.ts';
import { describeSignInRepository } from '../contracts/sign-in-repository.contract.ts';
import { describeTransaction } from '../contracts/transaction.contract.ts';
import { describeUserRepository } from '../contracts/user-repository.contract.ts';
import { makeCampaignRepository } from './campaign-repository.ts';
import { type Database } from './database.ts';
import { makeMemberRepository } from './member-repository.ts';
import { makeSessionRepository } from './session-repository.ts';
import { makeSignInRepository } from './sign-in-repository.ts';
import { makeUserRepository } from './user-repository.ts';

describe('the repositories on PostgreSQL', () => {
  let database: Database;

  before(async () => {
    database = await openTestDatabase(await (await testCluster()).migrated());
  });
  after(() => database.close());

  const open = (): Promise<Adapters> =>
    Promise.resolve({
      users: makeUserRepository(database),
      signIns: makeSignInRepository(database),
      members: makeMemberRepository(database),
      campaigns: makeCampaignRepository(database),
      sessions: makeSessionRepository(database),
      transaction: { run: (work) => database.transactional(work) },
    });

  describeTransaction('postgresql', open);
  describeUserRepository('postgresql', open);
  describeSignInRepository('postgresql', open);
  describeMemberRepository('postgresql', open);
  describeCampaignRepository('postgresql', open);
  describeSessionRepository('postgresql', open);
});
