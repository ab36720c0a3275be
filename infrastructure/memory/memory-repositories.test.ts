import { WORLD_SAMPLES } from '../../test/support/world-samples.ts';
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
import { makeMemoryAdapters } from './memory-adapters.ts';
import { makeMemoryStore } from './memory-store.ts';

const shared = makeMemoryAdapters();
const open = (): Promise<Adapters> => Promise.resolve(shared);

describeTransaction('memory', open);
describeAuditEventRepository('memory', open);
describeUserRepository('memory', open);
describeSignInRepository('memory', open);
describeApiTokenRepository('memory', open);
describeLoginFailures('memory', open);
describeMemberRepository('memory', open);
describeInviteRepository('memory', open);
describeCampaignRepository('memory', open);
describeSessionRepository('memory', open);
for (const sample of WORLD_SAMPLES) {
  describeEntryRepository('memory', sample, () =>
    Promise.resolve({ ...shared, entries: shared.entriesOf(sample.noun).repository }),
  );
  const store = makeMemoryStore();
  describeQuotas('memory', sample, (limits) => {
    const adapters = makeMemoryAdapters(limits, store);
    return Promise.resolve({ ...adapters, entries: adapters.entriesOf(sample.noun).repository });
  });
}
