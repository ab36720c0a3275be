import { expect } from 'chai';
import { type Npc, npc } from '../../core/npcs/npc.ts';
import type { Entry } from '../../core/world/entry.ts';
import { ask } from '../../test/support/ask.ts';
import { type QueryDatabase, openQueryDatabase } from '../../test/support/query-database.ts';
import { anEntry } from '../contracts/builders.ts';
import { storedCampaign, storedSession } from '../contracts/stored.ts';
import { makeEntryRepository } from './entry-repository.ts';
import { makeQuotas } from './quotas.ts';
import { UNLIMITED } from '../../core/shared/limits.ts';
import { NpcRow } from './npc-row.ts';

describe('a row that is saved', () => {
  let stored: QueryDatabase;
  before(async () => {
    stored = await openQueryDatabase();
  });
  after(() => stored.database.close());

  /** What PostgreSQL keeps apart from the rows of the table, and nobody has cleaned up. */
  const bytesApart = async (table: string): Promise<number> => {
    const [row] = await ask<{ bytes: string }>(
      stored.database,
      'select pg_relation_size(reltoastrelid) as bytes from pg_class where oid = $1::regclass',
      [table],
    );
    return Number(row?.bytes);
  };
  const noise = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString('base64');

  it('leaves long texts where they are that are not changed, and writes those that are', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    let session = await storedSession(stored, { campaignId, description: noise(), gmNotes: noise() });
    const entries = makeEntryRepository<Npc>(stored.database, NpcRow, makeQuotas(stored.database, UNLIMITED));
    let entry: Npc = anEntry<Omit<Npc, keyof Entry>>(
      { ...npc.blank, motivations: [noise()], secrets: noise() },
      { campaignId },
    );
    await entries.add(entry);
    const before = [await bytesApart('sessions'), await bytesApart('npcs')];
    for (let count = 0; count < 20; count += 1) {
      session = { ...session, title: `Night ${count}`, version: session.version + 1 };
      await stored.sessions.save(session);
      entry = { ...entry, name: `Pell ${count}`, version: entry.version + 1 };
      await entries.save(entry);
    }
    expect([await bytesApart('sessions'), await bytesApart('npcs')]).to.deep.equal(before);

    const texts = [noise(), null, noise(), '', 'short'] as const;
    for (const description of texts) {
      session = { ...session, description, version: session.version + 1 };
      await stored.sessions.save(session);
      expect(await stored.sessions.find(session.id)).to.deep.equal(session);
    }
    expect(await bytesApart('sessions')).to.be.above(before[0] ?? 0);
    entry = { ...entry, motivations: [], tags: ['x', 'y'], secrets: null, version: entry.version + 1 };
    await entries.save(entry);
    expect(await entries.getForUpdate(ownerId, entry.id)).to.deep.equal(entry);
  });
});
