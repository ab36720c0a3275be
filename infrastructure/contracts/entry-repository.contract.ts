import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { ROLES } from '../../core/members/role.ts';
import { DomainError } from '../../core/shared/errors.ts';
import { type Entry, VISIBILITIES } from '../../core/world/entry.ts';
import type { EntryRepository } from '../../core/world/entry-repository.ts';
import type { Adapters } from './adapters.ts';
import { aMoment, anEntry } from './builders.ts';
import { codeOf, outcomesOf } from './fault-of.ts';
import { storedCampaign, storedMember } from './stored.ts';

interface EntryAdapters extends Adapters {
  readonly entries: EntryRepository<Entry>;
}

/** What the contract needs to know of a noun of the world. */
interface Filled {
  readonly noun: { readonly plural: string };
  /** Two values of all of its own fields, and one by which they are emptied. */
  readonly own: object;
  readonly others: object;
  readonly emptied: object;
}

export function describeEntryRepository(
  name: string,
  { noun: { plural }, own, others, emptied }: Filled,
  open: () => Promise<EntryAdapters>,
): void {
  describe(`repository of ${plural} on ${name}`, () => {
    let adapters: EntryAdapters;
    before(async () => {
      adapters = await open();
    });

    /** What the user gets; null for what it does not see. */
    const seenBy = async (userId: string, id: string): Promise<Entry | null> => {
      try {
        return await adapters.transaction.run(() => adapters.entries.getForUpdate(userId, id));
      } catch (error) {
        if (error instanceof DomainError && error.code === 'not_found') return null;
        throw error;
      }
    };
    const stored = async (values: Partial<Entry> = {}, fields = own): Promise<{ entry: Entry; ownerId: string }> => {
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      const entry = anEntry(fields, { campaignId, ...values });
      await adapters.entries.add(entry);
      return { entry, ownerId };
    };

    const everyField: Readonly<Record<string, readonly [values: Partial<Entry>, fields: object]>> = {
      'one with all its fields': [{}, own],
      'one with other fields': [{ version: 42, gmNotes: null, tags: [] }, others],
      'one with nothing optional': [
        { gmNotes: null, tags: [] },
        { ...own, ...emptied },
      ],
      'one for GMs only': [{ visibility: 'gm' }, own],
      'one for chosen members': [{ visibility: 'chosen', visibleTo: [uuid(), uuid()] }, own],
      'one in the trash': [{ deletedAt: aMoment() }, own],
    };
    for (const [what, [values, fields]] of Object.entries(everyField)) {
      it(`gives back every field of ${what} as it was added`, async () => {
        const { entry, ownerId } = await stored(values, fields);

        expect(await seenBy(ownerId, entry.id)).to.deep.equal(entry);
      });

      it(`gives back every field of ${what} as it was saved, and leaves the others alone`, async () => {
        const { entry, ownerId } = await stored();
        const other = anEntry(own, { campaignId: entry.campaignId });
        await adapters.entries.add(other);
        const changed = { ...entry, ...fields, updatedAt: aMoment(), ...values, name: 'Changed', version: 2 };
        await adapters.entries.save(changed);

        expect(await seenBy(ownerId, entry.id)).to.deep.equal(changed);
        expect(await seenBy(ownerId, other.id)).to.deep.equal(other);
      });
    }

    it('shows each to whom it is for, and what lies in the trash to GMs', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      const people = new Map<string, string>([['owner', ownerId]]);
      for (const role of ROLES.filter((each) => each !== 'owner')) {
        people.set(role, (await storedMember(adapters, { campaignId, role })).userId);
        people.set(`chosen ${role}`, (await storedMember(adapters, { campaignId, role })).userId);
      }
      people.set('stranger', (await storedCampaign(adapters)).ownerId);
      const visibleTo = ['chosen gm', 'chosen player', 'chosen viewer', 'stranger'].map((who) => people.get(who) ?? '');
      const seers: Record<string, readonly string[]> = {};
      for (const visibility of VISIBILITIES) {
        for (const deletedAt of [null, aMoment()]) {
          const values = { campaignId, visibility, deletedAt, visibleTo: visibility === 'chosen' ? visibleTo : [] };
          const entry = anEntry(own, values);
          await adapters.entries.add(entry);
          const found: string[] = [];
          for (const [who, userId] of people) if ((await seenBy(userId, entry.id)) !== null) found.push(who);
          seers[deletedAt === null ? visibility : `${visibility}, in the trash`] = found.sort();
        }
      }

      const gms = ['chosen gm', 'gm', 'owner'];
      expect(seers).to.deep.equal({
        gm: gms,
        party: ['chosen gm', 'chosen player', 'chosen viewer', 'gm', 'owner', 'player', 'viewer'],
        chosen: ['chosen gm', 'chosen player', 'chosen viewer', 'gm', 'owner'],
        'gm, in the trash': gms,
        'party, in the trash': gms,
        'chosen, in the trash': gms,
      });
    });

    it('shows nothing that was chosen for a member who has left', async () => {
      const { entry } = await stored({ visibility: 'gm' });
      const { userId } = await storedMember(adapters, { campaignId: entry.campaignId });
      await adapters.entries.save({ ...entry, visibility: 'chosen', visibleTo: [userId], version: 2 });
      expect(await seenBy(userId, entry.id)).not.to.equal(null);
      await adapters.members.remove(entry.campaignId, userId);

      expect(await seenBy(userId, entry.id)).to.equal(null);
    });

    it('finds none of a campaign in the trash, and finds it again when the campaign is restored', async () => {
      const { entry, ownerId } = await stored();
      const campaign = await adapters.transaction.run(() => adapters.campaigns.getForUpdate(entry.campaignId));
      await adapters.campaigns.save({ ...campaign, deletedAt: aMoment(), version: 2 });
      expect(await seenBy(ownerId, entry.id)).to.equal(null);

      await adapters.campaigns.save({ ...campaign, version: 3 });
      expect(await seenBy(ownerId, entry.id)).to.deep.equal(entry);
    });

    it('knows nothing of an unknown one', async () => {
      const { ownerId } = await storedCampaign(adapters);

      expect(await seenBy(ownerId, uuid())).to.equal(null);
    });

    it('refuses to save any version but the next, or one that was never added, and changes nothing', async () => {
      const { entry, ownerId } = await stored();
      const second = { ...entry, name: 'Second', version: 2 };
      await adapters.entries.save(second);

      for (const version of [1, 2, 4]) {
        const stale = { ...entry, name: 'Stale', version };
        expect(await codeOf(adapters.entries.save(stale)), `version ${version}`).to.equal('version_conflict');
      }
      expect(await seenBy(ownerId, entry.id)).to.deep.equal(second);
      const never = anEntry(own, { campaignId: entry.campaignId, version: 2 });
      expect(await codeOf(adapters.entries.save(never))).to.equal('version_conflict');
      expect(await seenBy(ownerId, never.id)).to.equal(null);
    });

    it('takes one of 20 changes of the same version that are saved at once', async () => {
      const { entry } = await stored();
      const outcomes = await outcomesOf(
        Array.from({ length: 20 }, (_, index) =>
          adapters.entries.save({ ...entry, name: `Name ${index}`, version: 2 }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 1, version_conflict: 19 });
    });

    it('lets 10 transactions that get one for update change it one after the other', async () => {
      const { entries, transaction } = adapters;
      const { entry, ownerId } = await stored();
      const outcomes = await outcomesOf(
        Array.from({ length: 10 }, () =>
          transaction.run(async () => {
            const current = await entries.getForUpdate(ownerId, entry.id);
            await entries.save({ ...current, version: current.version + 1 });
          }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 10 });
      expect((await seenBy(ownerId, entry.id))?.version).to.equal(11);
    });
  });
}
