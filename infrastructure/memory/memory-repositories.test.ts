import { type Adapters } from '../contracts/adapters.ts';
import { describeCampaignRepository } from '../contracts/campaign-repository.contract.ts';
import { describeMemberRepository } from '../contracts/member-repository.contract.ts';
import { describeSessionRepository } from '../contracts/session-repository.contract.ts';
import { describeSignInRepository } from '../contracts/sign-in-repository.contract.ts';
import { describeTransaction } from '../contracts/transaction.contract.ts';
import { describeUserRepository } from '../contracts/user-repository.contract.ts';
import { makeMemoryAdapters } from './memory-adapters.ts';

const shared = makeMemoryAdapters();
const open = (): Promise<Adapters> => Promise.resolve(shared);

describeTransaction('memory', open);
describeUserRepository('memory', open);
describeSignInRepository('memory', open);
describeMemberRepository('memory', open);
describeCampaignRepository('memory', open);
describeSessionRepository('memory', open);
