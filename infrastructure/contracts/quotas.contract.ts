import { expect } from 'chai';
import { rehearse } from '../../core/shared/rehearse.ts';
import { type Limits, UNLIMITED } from '../../core/shared/limits.ts';
import type { Entry } from '../../core/world/entry.ts';
import type { EntryRepository } from '../../core/world/entry-repository.ts';
import type { Adapters } from './adapters.ts';
import { aCampaign, aMoment, aSession, anEntry, someResults } from './builders.ts';
import { codeOf, outcomesOf } from './fault-of.ts';
import { storedCampaign, storedMember, storedSession, storedUser } from './stored.ts';

interface QuotaAdapters extends Adapters {
  readonly entries: EntryRepository<Entry>;
}

/** What the contract needs to know of a noun of the world. */
interface Filled {
  readonly noun: { readonly plural: string };
  readonly own: object;
}

/** `open` gives adapters on one store, with the limits. */
export function describeQuotas(
  name: string,
  { noun: { plural }, own }: Filled,
  open: (limits: Limits) => Promise<QuotaAdapters>,
): void {
  describe(`quotas on ${name}, with ${plural}`, () => {
    const addCampaign = ({ transaction, campaigns }: Adapters, ownerId: string): Promise<void> =>
      transaction.run(async () => {
        await campaigns.expectRoom(ownerId);
        await campaigns.add(aCampaign({ ownerId }));
      });

    describe('of campaigns', () => {
      it('are kept by fifty at once', async () => {
        const adapters = await open({ ...UNLIMITED, campaigns: 3 });
        const { id } = await storedUser(adapters);
        const outcomes = await outcomesOf(Array.from({ length: 50 }, () => addCampaign(adapters, id)));
        expect(outcomes).to.deep.equal({ done: 3, limit_reached: 47 });
        expect((await adapters.usage(id)).campaigns).to.equal(3);
      });

      it('are told in a rehearsal', async () => {
        const adapters = await open({ ...UNLIMITED, campaigns: 1 });
        const { id: ownerId } = await storedUser(adapters);
        const { transaction, campaigns } = adapters;
        const add = async (): Promise<void> => {
          await campaigns.expectRoom(ownerId);
          await campaigns.add(aCampaign({ ownerId }));
        };
        await rehearse(transaction, add);
        await transaction.run(add);
        expect(await codeOf(rehearse(transaction, add))).to.equal('limit_reached');
      });

      it('leave out the trash, and what others own', async () => {
        const adapters = await open({ ...UNLIMITED, campaigns: 1 });
        const { id: ownerId } = await storedUser(adapters);
        await storedCampaign(adapters, { ownerId, deletedAt: aMoment() });
        await storedMember(adapters, {
          campaignId: (await storedCampaign(adapters)).id,
          userId: ownerId,
          role: 'owner',
        });
        await addCampaign(adapters, ownerId);
        expect(await codeOf(addCampaign(adapters, ownerId))).to.equal('limit_reached');
      });

      it('are kept by whoever is given one', async () => {
        const adapters = await open({ ...UNLIMITED, campaigns: 1 });
        const { members, transaction } = adapters;
        const [{ id: mine }, theirs] = [await storedCampaign(adapters), await storedCampaign(adapters)];
        const give = (to: string): Promise<void> => transaction.run(() => members.setFirstOwner(mine, to));
        expect(await codeOf(give(theirs.ownerId))).to.equal('limit_reached');
        await give((await storedUser(adapters)).id);
      });
    });

    describe('of sessions', () => {
      it('are kept by fifty at once', async () => {
        const adapters = await open({ ...UNLIMITED, sessions: 3 });
        const { id: campaignId } = await storedCampaign(adapters);
        await storedSession(adapters, { campaignId, sessionNumber: 1000, deletedAt: aMoment() });
        const add = (): Promise<void> =>
          adapters.transaction.run(async () => {
            await adapters.sessions.expectRoom(campaignId);
            const sessionNumber = await adapters.campaigns.takeSessionNumber(campaignId, null);
            await adapters.sessions.add(aSession({ campaignId, sessionNumber }));
          });
        const outcomes = await outcomesOf(Array.from({ length: 50 }, add));
        expect(outcomes).to.deep.equal({ done: 3, limit_reached: 47 });
      });
    });

    describe('of bytes', () => {
      const LONG = 'ü'.repeat(1000);

      it('count each thing, and each long text as its bytes, whoever writes it', async () => {
        const adapters = await open(UNLIMITED);
        const { id: campaignId, ownerId } = await storedCampaign(adapters, { name: 'x', description: null });
        const bytes = async (): Promise<number> => (await adapters.usage(ownerId)).bytes;
        const empty = await bytes();
        const session = await storedSession(adapters, {
          campaignId,
          title: 'x',
          description: null,
          gmNotes: null,
        });
        const withSession = await bytes();
        expect(withSession).to.equal(empty + 1024);
        const longer = { ...session, description: LONG, version: session.version + 1 };
        await adapters.sessions.save(longer);
        expect(await bytes()).to.equal(withSession + 2000);
        await adapters.sessions.save({
          ...longer,
          status: 'in_progress',
          startedAt: aMoment(),
          version: longer.version + 1,
        });
        expect(await bytes()).to.equal(withSession + 2000);
        const entry = anEntry(own, { campaignId, gmNotes: null });
        await adapters.entries.add(entry);
        const withEntry = await bytes();
        expect(withEntry).to.be.at.least(withSession + 2000 + 1024);
        await adapters.entries.save({ ...entry, gmNotes: LONG, version: entry.version + 1 });
        expect(await bytes()).to.equal(withEntry + 2000);
        await adapters.sessions.saveResults(session, someResults({ summary: LONG }));
        expect(await bytes()).to.be.at.least(withEntry + 2000 + 1024 + 2000);
      });

      it('go with a campaign to whom it is given, and come back', async () => {
        const adapters = await open(UNLIMITED);
        const { members, transaction, usage } = adapters;
        const { id, ownerId } = await storedCampaign(adapters);
        await storedSession(adapters, { campaignId: id, description: LONG });
        await adapters.entries.add(anEntry(own, { campaignId: id, gmNotes: LONG }));
        const { id: other } = await storedUser(adapters);
        const { bytes } = await usage(ownerId);
        await transaction.run(() => members.setFirstOwner(id, other));
        expect([(await usage(ownerId)).bytes, (await usage(other)).bytes]).to.deep.equal([0, bytes]);
        await transaction.run(() => members.setFirstOwner(id, ownerId));
        expect([(await usage(ownerId)).bytes, (await usage(other)).bytes]).to.deep.equal([bytes, 0]);
      });

      it('are kept by fifty at once', async () => {
        const adapters = await open({ ...UNLIMITED, bytes: 10_000 });
        const { id: campaignId, ownerId } = await storedCampaign(adapters, { description: null });
        const add = (): Promise<void> =>
          adapters.transaction.run(() => adapters.entries.add(anEntry(own, { campaignId, gmNotes: LONG })));
        const outcomes = await outcomesOf(Array.from({ length: 50 }, add));
        expect(outcomes.limit_reached).to.be.greaterThan(45);
        expect((await adapters.usage(ownerId)).bytes).to.be.within(5000, 10_000);
      });

      for (const what of ['campaign', 'session', 'results', 'entry'] as const) {
        it(`keep a ${what} from growing beyond them, and let it shrink, go to the trash and come back`, async () => {
          const roomy = await open(UNLIMITED);
          const campaign = await storedCampaign(roomy, { description: LONG });
          const campaignId = campaign.id;
          const session = await storedSession(roomy, { campaignId, description: LONG });
          const entry = anEntry(own, { campaignId, gmNotes: LONG });
          await roomy.entries.add(entry);
          const results = someResults({ summary: LONG });
          await roomy.sessions.saveResults(session, results);
          const full = (await roomy.usage(campaign.ownerId)).bytes - 1;
          const { campaigns, sessions, entries, transaction } = await open({ ...UNLIMITED, bytes: full });
          let version = 1;
          const save = (text: string, deletedAt: Date | null = null): Promise<void> =>
            transaction.run(async () => {
              if (what === 'campaign')
                await campaigns.save({ ...campaign, description: text, deletedAt, version: version + 1 });
              if (what === 'session')
                await sessions.save({ ...session, description: text, deletedAt, version: version + 1 });
              if (what === 'entry') await entries.save({ ...entry, gmNotes: text, deletedAt, version: version + 1 });
              if (what === 'results') await sessions.saveResults(session, { ...results, summary: text });
            });
          expect(await codeOf(save(`${LONG}!`))).to.equal('limit_reached');
          for (const [text, deletedAt] of [
            [LONG, aMoment()],
            [LONG, null],
            [LONG.slice(2), null],
            [LONG.slice(1), null],
          ] as const) {
            if (what === 'results' && deletedAt !== null) continue;
            await save(text, deletedAt);
            version += 1;
          }
          expect(await codeOf(save(`${LONG}!`))).to.equal('limit_reached');
        });
      }

      it('are kept by whoever is given a campaign', async () => {
        const roomy = await open(UNLIMITED);
        const [mine, theirs] = [await storedCampaign(roomy), await storedCampaign(roomy)];
        const { bytes } = await roomy.usage(theirs.ownerId);
        const { members, transaction } = await open({ ...UNLIMITED, bytes: bytes + 1000 });
        const give = (): Promise<void> => transaction.run(() => members.setFirstOwner(mine.id, theirs.ownerId));
        expect(await codeOf(give())).to.equal('limit_reached');
      });
    });
  });
}
