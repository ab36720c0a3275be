import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { ROLES, may } from '../../core/members/role.ts';
import { type Entry, VISIBILITIES } from '../../core/world/entry.ts';
import type { EntryFilter, EntryQueries } from '../../core/world/entry-queries.ts';
import type { EntryRepository } from '../../core/world/entry-repository.ts';
import { ask } from '../../test/support/ask.ts';
import { type QueryDatabase, openQueryDatabase, readToEnd, readsOf } from '../../test/support/query-database.ts';
import { WORLD_SAMPLES } from '../../test/support/world-samples.ts';
import { actorOf, anEntry } from '../contracts/builders.ts';
import { storedCampaign, storedMember } from '../contracts/stored.ts';
import { makeCampaignQueries } from './campaign-queries.ts';
import { makeEntryQueries } from './entry-queries.ts';
import { makeEntryRepository } from './entry-repository.ts';
import { makeQuotas } from './quotas.ts';
import { UNLIMITED } from '../../core/shared/limits.ts';

const ALL: EntryFilter = { tag: null, visibility: null, q: null, name: null, idEnding: null, own: {} };
const PAGE = { limit: 100, after: null };
const NOW = new Date('2027-03-10T19:00:00.123Z');

for (const { noun, row, own, others, emptied, gmFields } of WORLD_SAMPLES) {
  describe(`queries of ${noun.plural}`, () => {
    let stored: QueryDatabase;
    let queries: EntryQueries<Entry>;
    let entries: EntryRepository<Entry>;
    before(async () => {
      stored = await openQueryDatabase();
      queries = makeEntryQueries(stored.reader, noun, row);
      entries = makeEntryRepository(stored.database, row, makeQuotas(stored.database, UNLIMITED));
    });
    after(() => stored.database.close());

    const add = async (values: Partial<Entry>, fields = own): Promise<Entry> => {
      const entry = anEntry(fields, values);
      await entries.add(entry);
      return entry;
    };
    const names = async (userId: string, campaignId: string, filter: Partial<EntryFilter> = {}): Promise<unknown> =>
      (await queries.list(actorOf(userId), campaignId, { ...ALL, ...filter }, PAGE))?.items.map(
        ({ value }) => value.name,
      );

    it("answer every field as it was stored, but in lists what is for others, and the viewer's own role", async () => {
      const hidden = Object.fromEntries(['gmNotes', ...gmFields].map((field) => [field, null]));
      const { id: campaignId } = await storedCampaign(stored);
      const chosen: string[] = [];
      const roles = new Map<string, string>();
      for (const role of ROLES) {
        const { userId } = await storedMember(stored, { campaignId, role });
        roles.set(userId, role);
        chosen.push(userId);
      }
      for (const fields of [own, others, { ...own, ...emptied }]) {
        const value = await add({ campaignId, visibility: 'chosen', visibleTo: chosen, version: 3 }, fields);
        for (const [userId, role] of roles) {
          expect(await queries.find(actorOf(userId), value.id)).to.deep.equal({ value, role });
          const filter = { ...ALL, name: value.name };
          const found = await queries.list(actorOf(userId), campaignId, filter, PAGE);
          const shown = ROLES.some((each) => each === role && may(each, 'secrets:read'))
            ? value
            : { ...value, ...hidden };
          expect(found).to.deep.equal({ items: [{ value: shown, role }], next: null });
        }
      }
    });

    it('show each to whom it is for, in the list, alone and in the count, and nothing in the trash', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(stored);
      const people = new Map([['owner', ownerId]]);
      for (const role of ['gm', 'player', 'viewer'] as const) {
        people.set(role, (await storedMember(stored, { campaignId, role })).userId);
        people.set(`chosen ${role}`, (await storedMember(stored, { campaignId, role })).userId);
      }
      const visibleTo = ['chosen gm', 'chosen player', 'chosen viewer'].map((who) => people.get(who) ?? '');
      const all: Entry[] = [];
      for (const visibility of VISIBILITIES) {
        const values = { campaignId, visibility, visibleTo: visibility === 'chosen' ? visibleTo : [] };
        all.push(await add({ ...values, name: visibility }), await add({ ...values, name: 'trash', deletedAt: NOW }));
      }
      const elsewhere = await storedCampaign(stored);
      all.push(await add({ campaignId: elsewhere.id, name: 'elsewhere' }));
      const counts = makeCampaignQueries(stored.reader, [noun.plural]);
      for (const [who, userId] of people) {
        const isGm = /owner|gm/.test(who);
        const expected = isGm ? ['chosen', 'gm', 'party'] : who.startsWith('chosen') ? ['chosen', 'party'] : ['party'];
        expect(await names(userId, campaignId), who).to.deep.equal(expected);
        const found: string[] = [];
        for (const { id } of all) found.push(...((await queries.find(actorOf(userId), id)) === null ? [] : [id]));
        expect(found, who).to.have.length(expected.length);
        const summary = await counts.summary(actorOf(userId), campaignId, NOW);
        expect(summary?.entries, who).to.deep.equal({ [noun.plural]: expected.length });
        for (const visibility of VISIBILITIES) {
          const those = expected.filter((each) => each === visibility);
          expect(await names(userId, campaignId, { visibility }), who).to.deep.equal(those);
        }
      }
    });

    it('answer null to who is no member, and for what is unknown or in a campaign in the trash', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(stored);
      const { id } = await add({ campaignId });
      const stranger = (await storedCampaign(stored)).ownerId;
      expect(await queries.find(actorOf(stranger), id)).to.equal(null);
      expect(await queries.find(actorOf(ownerId), uuid())).to.equal(null);
      expect(await queries.list(actorOf(stranger), campaignId, ALL, PAGE)).to.equal(null);
      expect(await queries.list(actorOf(ownerId), uuid(), ALL, PAGE)).to.equal(null);
      const campaign = await stored.transaction.run(() => stored.campaigns.getForUpdate(campaignId));
      await stored.campaigns.save({ ...campaign, deletedAt: NOW, version: 2 });
      expect(await queries.find(actorOf(ownerId), id)).to.equal(null);
      expect(await queries.list(actorOf(ownerId), campaignId, ALL, PAGE)).to.equal(null);
    });

    it('find nothing in an empty campaign, which is not null', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(stored);
      expect(await queries.list(actorOf(ownerId), campaignId, ALL, PAGE)).to.deep.equal({ items: [], next: null });
    });

    describe('filter', () => {
      it('by tag, by words in the name, by the whole name and by the end of the id', async () => {
        const { id: campaignId, ownerId } = await storedCampaign(stored);
        const pell = await add({ campaignId, name: 'Pell', tags: ['harbour', 'guild'] });
        await add({ campaignId, name: 'Große ÄRA', tags: ['harbour 2'] });
        await add({ campaignId, name: '100%_\\', tags: [] });
        for (const [filter, expected] of [
          [{ tag: 'harbour' }, ['Pell']],
          [{ tag: 'HARBOUR' }, ['Pell']],
          [{ tag: 'harböur' }, ['Pell']],
          [{ tag: 'harbou' }, []],
          [{ tag: '' }, []],
          [{ q: 'eL' }, ['Pell']],
          [{ q: 'ära' }, ['Große ÄRA']],
          [{ q: 'GROSSE A\u0308' }, ['Große ÄRA']],
          [{ q: '%_\\' }, ['100%_\\']],
          [{ q: '%' }, ['100%_\\']],
          [{ q: '' }, ['100%_\\', 'Große ÄRA', 'Pell']],
          [{ name: 'Pell' }, ['Pell']],
          [{ name: 'pell' }, ['Pell']],
          [{ name: 'pèll' }, ['Pell']],
          [{ name: 'grosse ara' }, ['Große ÄRA']],
          [{ name: 'Pel' }, []],
          [{ idEnding: pell.id.slice(-8) }, ['Pell']],
          [{ idEnding: pell.id.slice(-13) }, ['Pell']],
          [{ idEnding: pell.id }, ['Pell']],
          [{ idEnding: pell.id.slice(0, 8) }, []],
          [{ tag: 'guild', q: 'pell', name: 'Pell', idEnding: pell.id.slice(-4), visibility: 'party' }, ['Pell']],
          [{ tag: 'guild', visibility: 'gm' }, []],
        ] as const) {
          expect(await names(ownerId, campaignId, filter), JSON.stringify(filter)).to.deep.equal(expected);
        }
      });

      for (const field of noun.filters) {
        it(`by ${field}, alone and with all others`, async () => {
          const { id: campaignId, ownerId } = await storedCampaign(stored);
          await add({ campaignId, name: 'own' }, own);
          await add({ campaignId, name: 'others' }, others);
          const valueOf = (fields: object): string => String(Reflect.get(fields, field));
          const all = Object.fromEntries(noun.filters.map((each) => [each, String(Reflect.get(own, each))]));
          expect(await names(ownerId, campaignId, { own: { [field]: valueOf(own) } })).to.deep.equal(['own']);
          expect(await names(ownerId, campaignId, { own: { [field]: valueOf(others) } })).to.deep.equal(['others']);
          expect(await names(ownerId, campaignId, { own: all, q: 'o' })).to.deep.equal(['own']);
          expect(await names(ownerId, campaignId, { own: { ...all, [field]: valueOf(others) } })).to.deep.equal(
            noun.filters.length === 1 ? ['others'] : [],
          );
        });
      }
    });

    describe('of the list', () => {
      it('go by name without regard to case, then by id, whatever the size of the page', async () => {
        const { id: campaignId, ownerId } = await storedCampaign(stored);
        const { userId } = await storedMember(stored, { campaignId, role: 'player' });
        const expected: string[] = [];
        for (const name of ['anna', 'Anna', 'ANNA', 'ben', 'Cleo', 'dora']) {
          expected.push((await add({ campaignId, name })).id);
          await add({ campaignId, name, visibility: 'gm' });
        }
        const read = async (viewerId: string, limit: number): Promise<readonly string[]> =>
          (await readToEnd(limit, (page) => queries.list(actorOf(viewerId), campaignId, ALL, page))).map(
            ({ value }) => value.id,
          );
        for (const limit of [1, 2, 3, 5, 6, 7, 100]) {
          expect(await read(userId, limit), `by ${limit}`).to.deep.equal(expected);
          expect(await read(ownerId, limit), `all, by ${limit}`).to.have.length(12);
        }
      });

      it('neither skip nor repeat a row when others are added, renamed or hidden meanwhile', async () => {
        const { id: campaignId, ownerId } = await storedCampaign(stored);
        for (const name of ['b', 'd', 'f']) await add({ campaignId, name });
        const first = await queries.list(actorOf(ownerId), campaignId, ALL, { limit: 2, after: null });
        await add({ campaignId, name: 'a' });
        await add({ campaignId, name: 'e' });
        const [, second] = first?.items ?? [];
        if (second === undefined) throw new Error('There is no second.');
        await entries.save({ ...second.value, name: 'z', version: 2 });
        const rest = await queries.list(actorOf(ownerId), campaignId, ALL, { limit: 9, after: first?.next ?? null });
        expect(rest?.items.map(({ value }) => value.name)).to.deep.equal(['e', 'f', 'z']);
      });

      it('read no more than a page of one of many campaigns, by the index that is for it', async () => {
        const many = await openQueryDatabase({ connections: 1 });
        try {
          const repository = makeEntryRepository(many.database, row, makeQuotas(many.database, UNLIMITED));
          const { id: campaignId, ownerId } = await storedCampaign(many);
          const { id: other } = await storedCampaign(many);
          const [one, two] = [anEntry(own, { campaignId }), anEntry(own, { campaignId: other })];
          await repository.add(one);
          await repository.add(two);
          const columns = await ask<{ name: string }>(
            many.database,
            `select column_name as name from information_schema.columns where table_name = $1
             and column_name not in ('id', 'name')`,
            [noun.plural],
          );
          const rest = columns.map(({ name }) => `"${name}"`).join(', ');
          await ask(
            many.database,
            `insert into "${noun.plural}" (id, name, ${rest})
             select gen_random_uuid(), 'Name ' || n, ${rest} from "${noun.plural}", generate_series(1, 3000) n`,
          );
          await ask(many.database, 'analyze');
          const list = makeEntryQueries(many.reader, noun, row).list;
          const everything = await readToEnd(100, (page) => list(actorOf(ownerId), campaignId, ALL, page));
          expect(everything).to.have.length(3001);
          const last = everything.at(-25)?.value;
          for (const after of [null, [last?.name ?? '', last?.id ?? '']]) {
            const reads = await readsOf(many.database, noun.plural, () =>
              list(actorOf(ownerId), campaignId, ALL, { limit: 20, after }),
            );
            expect(reads.sequentialScans).to.equal(0);
            expect(reads.indexes).to.deep.equal([`${noun.plural}_by_name_index`]);
            expect(reads.entries).to.be.within(20, 22);
          }
        } finally {
          await many.database.close();
        }
      });
    });
  });
}
