import { expect } from 'chai';
import { npc } from '../../core/npcs/npc.ts';
import { SESSION_ORDERS, type SessionFilter, type SessionQueries } from '../../core/sessions/session-queries.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { Page, PageRequest } from '../../core/shared/page.ts';
import { type QueryDatabase, openQueryDatabase } from '../../test/support/query-database.ts';
import { actorOf, anEntry } from '../contracts/builders.ts';
import { storedCampaign, storedMember, storedSession, storedUser } from '../contracts/stored.ts';
import { makeCampaignQueries } from './campaign-queries.ts';
import { PAGE_BYTES } from './cut-page.ts';
import { makeEntryQueries } from './entry-queries.ts';
import { makeEntryRepository } from './entry-repository.ts';
import { makeQuotas } from './quotas.ts';
import { UNLIMITED } from '../../core/shared/limits.ts';
import { NpcRow } from './npc-row.ts';
import { makeSessionQueries } from './session-queries.ts';

const MINE: SessionFilter = { status: null, from: null, to: null, idEnding: null };
/** As long as a Markdown text may be. */
const LONG = 100_000;
/** Of noise, which PostgreSQL cannot make shorter: in base64, so many characters. */
const noise = (characters: number): string => {
  const bytes = new Uint8Array((characters * 3) / 4);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return Buffer.from(bytes).toString('base64');
};

/** What it lists, page by page, with `limit` 100 unless told otherwise. */
async function pagesOf<T>(
  list: (page: PageRequest) => Promise<Page<T> | null>,
  limit = 100,
): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  let after: PageRequest['after'] = null;
  do {
    const page: Page<T> | null = await list({ limit, after });
    expect(page?.items).to.not.equal(undefined);
    pages.push(page?.items ?? []);
    after = page?.next ?? null;
  } while (after !== null && pages.length < 1000);
  return pages;
}

describe('a page of long texts', () => {
  let stored: QueryDatabase;
  let sessions: SessionQueries;
  before(async () => {
    stored = await openQueryDatabase();
    sessions = makeSessionQueries(stored.reader);
  });
  after(() => stored.database.close());

  /** A campaign with a session, numbered from 1, of each of these. Answers how many are on each page. */
  const sizesOf = async (values: readonly Partial<Session>[], limit?: number): Promise<readonly number[]> => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const added: Session[] = [];
    for (const [index, each] of values.entries()) {
      const texts = { title: 'T', description: null, gmNotes: null };
      added.push(await storedSession(stored, { ...texts, campaignId, sessionNumber: index + 1, ...each }));
    }
    for (const order of SESSION_ORDERS) {
      const list = (page: PageRequest) =>
        sessions.list(actorOf(ownerId), campaignId, { ...MINE, q: null, number: null }, order, page);
      const found = (await pagesOf(list, limit)).flat();
      const numbers = added.map(({ sessionNumber }) => sessionNumber);
      const numbered = order.startsWith('-') ? numbers.toReversed() : numbers;
      expect(
        found.map(({ value }) => value.sessionNumber),
        order,
      ).to.deep.equal(numbered);
      expect(new Set(found.map(({ value }) => value))).to.have.deep.keys(added);
    }
    const list = (page: PageRequest) => sessions.listMine(actorOf(ownerId), MINE, page);
    return (await pagesOf(list, limit)).map(({ length }) => length);
  };
  const many = (count: number, values: Partial<Session>): readonly Partial<Session>[] =>
    Array.from({ length: count }, () => values);

  it('ends with the row that goes beyond its bytes, and the next one goes on behind it', async () => {
    const description = noise(LONG);
    expect(await sizesOf(many(8, { description }))).to.deep.equal([3, 3, 2]);
  });

  it('is counted by what it holds, however much shorter PostgreSQL keeps that', async () => {
    expect(await sizesOf(many(8, { description: 'a'.repeat(LONG) }))).to.deep.equal([3, 3, 2]);
  });

  it('is counted in bytes, not in characters, and always has one row', async () => {
    expect(await sizesOf(many(3, { description: '🐉'.repeat(LONG) }))).to.deep.equal([1, 1, 1]);
    expect(await sizesOf(many(4, { description: 'ß'.repeat(LONG) }))).to.deep.equal([2, 2]);
  });

  it('is counted by all of its texts', async () => {
    const gmNotes = 'n'.repeat(LONG);
    expect(await sizesOf(many(5, { description: 'd'.repeat(LONG), gmNotes }))).to.deep.equal([2, 2, 1]);
    expect(await sizesOf(many(4, { gmNotes }))).to.deep.equal([3, 1]);
  });

  it('has as many rows as its limit where they are short, and one that is long changes no other page', async () => {
    const short = many(5, { description: 'Low tide' });
    expect(await sizesOf(short, 2)).to.deep.equal([2, 2, 1]);
    expect(await sizesOf(short, 5)).to.deep.equal([5]);
    const [one = {}, ...rest] = short;
    const long = { gmNotes: '🐉'.repeat(LONG) };
    expect(await sizesOf([one, long, ...rest])).to.deep.equal([2, 4]);
    expect(await sizesOf([long, ...short])).to.deep.equal([1, 5]);
    expect(await sizesOf([...short, long])).to.deep.equal([6]);
  });

  it('ends exactly where its bytes are full', async () => {
    // The other texts of a session: its title, zone and status.
    const rest = 'T'.length + 'Europe/Berlin'.length + 'planned'.length;
    const quarter = PAGE_BYTES / 4 - rest;
    expect(await sizesOf(many(5, { description: 'a'.repeat(quarter) }))).to.deep.equal([4, 1]);
    expect(await sizesOf(many(5, { description: 'a'.repeat(quarter - 1) }))).to.deep.equal([5]);
  });

  it('tells nothing of what is hidden from who reads it', async () => {
    const { id: campaignId } = await storedCampaign(stored);
    const { userId } = await storedMember(stored, { campaignId, role: 'player' });
    const queries = makeEntryQueries(stored.reader, npc, NpcRow);
    const entries = makeEntryRepository(stored.database, NpcRow, makeQuotas(stored.database, UNLIMITED));
    const hidden = 'x'.repeat(LONG);
    for (let number = 1; number <= 6; number += 1) {
      await storedSession(stored, { campaignId, sessionNumber: number, gmNotes: hidden });
      await entries.add(anEntry({ ...npc.blank, secrets: hidden }, { campaignId, gmNotes: hidden }));
    }
    const filter = { tag: null, visibility: null, q: null, name: null, idEnding: null, own: {} };
    const lists = [
      (page: PageRequest) =>
        sessions.list(actorOf(userId), campaignId, { ...MINE, q: null, number: null }, 'sessionNumber', page),
      (page: PageRequest) => sessions.listMine(actorOf(userId), MINE, page),
      (page: PageRequest) => queries.list(actorOf(userId), campaignId, filter, page),
    ];
    for (const list of lists) {
      const pages = await pagesOf<object>(list);
      expect(pages.map(({ length }) => length)).to.deep.equal([6]);
      expect(JSON.stringify(pages)).to.not.include('xxx');
    }
  });

  it('is bounded for campaigns and for the world too, by lists of texts as well', async () => {
    const { id: ownerId } = await storedUser(stored);
    const campaigns = makeCampaignQueries(stored.reader, ['npcs']);
    const all = { status: null, role: null, q: null, name: null, idEnding: null };
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      ids.unshift((await storedCampaign(stored, { ownerId, description: noise(LONG) })).id);
    }
    const mine = await pagesOf((page) => campaigns.list(actorOf(ownerId), all, page));
    expect(mine.map(({ length }) => length)).to.deep.equal([3, 3, 1]);
    expect(mine.flat().map(({ value }) => value.id)).to.deep.equal(ids);

    const [campaignId = ''] = ids;
    const entries = makeEntryRepository(stored.database, NpcRow, makeQuotas(stored.database, UNLIMITED));
    const filter = { tag: null, visibility: null, q: null, name: null, idEnding: null, own: {} };
    const kinds = {
      description: 'd'.repeat(LONG),
      motivations: Array.from({ length: 100 }, () => 'm'.repeat(1000)),
      secrets: 's'.repeat(LONG),
    };
    const names: string[] = [];
    for (const [field, text] of Object.entries(kinds)) {
      for (const letter of ['a', 'b', 'c']) {
        names.push(`${field} ${letter}`);
        await entries.add(anEntry({ ...npc.blank, [field]: text }, { campaignId, name: `${field} ${letter}` }));
      }
    }
    const queries = makeEntryQueries(stored.reader, npc, NpcRow);
    const pages = await pagesOf((page) => queries.list(actorOf(ownerId), campaignId, filter, page));
    expect(pages.map(({ length }) => length)).to.deep.equal([3, 3, 3]);
    expect(pages.flat().map(({ value }) => value.name)).to.deep.equal(names);
  });
});
