import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { anEntry } from '../../infrastructure/contracts/builders.ts';
import { codeOf, faultOf } from '../../infrastructure/contracts/fault-of.ts';
import { type CoreFixture, DAY, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import { WORLD_SAMPLES, type WorldSample } from '../../test/support/world-samples.ts';
import type { Actor } from '../shared/actor.ts';
import type { Entry } from './entry.ts';
import type { EntryCommands } from './entry-commands.ts';

const anyVersion = { expectedVersions: null } as const;

interface Scene {
  readonly core: CoreFixture;
  readonly commands: EntryCommands<object>;
  readonly party: Awaited<ReturnType<CoreFixture['newParty']>>;
  readonly campaignId: string;
  /** Stored, with all of its fields; it is shown to the party where the values say nothing else. */
  stored(values?: Partial<Entry>): Promise<Entry>;
  /** As the owner finds it. */
  found(id: string): Promise<Entry>;
}

async function aScene({ noun, own }: WorldSample): Promise<Scene> {
  const core = makeCoreFixture();
  const party = await core.newParty();
  const { campaignId } = party;
  const { repository } = core.entriesOf(noun);
  core.clock.advance(DAY);
  return {
    core,
    commands: core.entryCommands(noun),
    party,
    campaignId,
    stored: async (values) => {
      const entry = anEntry(own, { campaignId, ...values });
      await repository.add(entry);
      return entry;
    },
    found: (id) => repository.getForUpdate(party.owner.userId, id),
  };
}

for (const sample of WORLD_SAMPLES) {
  const { noun, own, others, emptied } = sample;

  describe(`the ${noun.plural} of a world`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await aScene(sample);
    });

    describe('when one is created', () => {
      it('has a name, is for GMs only and else blank where nothing more is told', async () => {
        const { core, commands, party, campaignId, found } = scene;
        const { value, role } = await commands.create(party.gm, { campaignId, details: { name: 'Name' } });
        const now = core.clock.now();

        expect(role).to.equal('gm');
        expect(value).to.deep.equal({
          ...noun.blank,
          id: value.id,
          campaignId,
          name: 'Name',
          tags: [],
          visibility: 'gm',
          visibleTo: [],
          gmNotes: null,
          createdAt: now,
          updatedAt: now,
          deletedAt: null,
          version: 1,
        });
        expect(await found(value.id)).to.deep.equal(value);
      });

      it('stores all details that are given', async () => {
        const { commands, party, campaignId, found } = scene;
        const visibleTo = [party.player.userId, party.viewer.userId];
        const shared = {
          name: 'Name',
          tags: ['one', 'two'],
          gmNotes: 'Notes',
          visibility: 'chosen',
          visibleTo,
        } as const;
        const { value } = await commands.create(party.owner, { campaignId, details: { ...shared, ...own } });

        expect(value).to.deep.include({ ...shared, ...own, version: 1 });
        expect(await found(value.id)).to.deep.equal(value);
      });

      it('takes chosen members only with the visibility that is for them', async () => {
        const { commands, party, campaignId } = scene;
        for (const visibility of ['gm', 'party', undefined] as const) {
          const details = { name: 'Name', visibility, visibleTo: [party.player.userId] };
          const { code, details: faults } = await faultOf(commands.create(party.gm, { campaignId, details }));
          expect([code, faults[0]?.field]).to.deep.equal(['validation_failed', 'visibleTo']);
        }
        const empty = { name: 'Name', visibility: 'party', visibleTo: [] } as const;
        expect((await commands.create(party.gm, { campaignId, details: empty })).value).to.include({
          visibility: 'party',
        });
      });

      it('is found by its name and tags, whatever their case, accents and form', async () => {
        const { core, commands, party, campaignId } = scene;
        for (const [name, tags] of [
          ['Große ÄRA', ['Café']],
          ['Osse\u0301l', ['harbour']],
        ] as const) {
          await commands.create(party.gm, { campaignId, details: { name, tags } });
        }
        const all = { tag: null, visibility: null, q: null, name: null, idEnding: null, own: {} };
        for (const [filter, expected] of [
          [{ q: 'GROSSE a\u0308' }, ['Große ÄRA']],
          [{ q: 'OSSEL' }, ['Osse\u0301l']],
          [{ name: 'ossél' }, ['Osse\u0301l']],
          [{ name: 'osse' }, []],
          [{ tag: 'cafe' }, ['Große ÄRA']],
          [{ tag: 'caf' }, []],
        ] as const) {
          const list = core.entriesOf(noun).queries.list;
          const found = await list(party.gm, campaignId, { ...all, ...filter }, { limit: 9, after: null });
          expect(found?.items.map(({ value }) => value.name)).to.deep.equal(expected);
        }
      });

      it('names each of the chosen who is no member, and stores nothing', async () => {
        const { core, commands, party, campaignId } = scene;
        const other = await core.newParty();
        const visibleTo = [
          party.player.userId,
          party.stranger.userId,
          party.viewer.userId,
          other.player.userId,
          uuid(),
        ];
        const details = { name: 'Name', visibility: 'chosen', visibleTo } as const;
        const { code, details: faults } = await faultOf(commands.create(party.gm, { campaignId, details }));

        expect(code).to.equal('validation_failed');
        expect(faults.map(({ field }) => field)).to.deep.equal(['visibleTo[1]', 'visibleTo[3]', 'visibleTo[4]']);
        const none = { tag: null, visibility: null, q: null, name: null, idEnding: null, own: {} };
        const page = { limit: 1, after: null };
        expect((await core.entriesOf(noun).queries.list(party.gm, campaignId, none, page))?.items).to.deep.equal([]);
      });

      it('keeps each of the chosen once', async () => {
        const { commands, party, campaignId } = scene;
        const { userId } = party.player;
        const details = { name: 'Name', visibility: 'chosen', visibleTo: [userId, userId] } as const;

        expect((await commands.create(party.gm, { campaignId, details })).value.visibleTo).to.deep.equal([userId]);
      });
    });

    describe('when one is updated', () => {
      const update = (actor: Actor, id: string, changes: object) =>
        scene.commands.update(actor, { id, changes, ...anyVersion });

      it('changes what is given and nothing else, field by field', async () => {
        const { core, party, stored, found } = scene;
        let expected = await stored();
        const shared = { name: 'Other', tags: ['other'], gmNotes: null, visibility: 'gm' };
        for (const [field, value] of Object.entries<unknown>({ ...shared, ...others })) {
          core.clock.advance(1);
          const seen = await update(party.gm, expected.id, { [field]: value });
          const { version } = expected;
          expected = { ...expected, [field]: value, updatedAt: core.clock.now(), version: version + 1 };
          expect(seen, field).to.deep.equal({ value: expected, role: 'gm' });
        }
        expect(await found(expected.id)).to.deep.equal(expected);
      });

      it('empties what may be empty', async () => {
        const { party, stored } = scene;
        const entry = await stored();

        expect((await update(party.gm, entry.id, emptied)).value).to.deep.include(emptied);
      });

      it('stays as it is, version and all, where nothing changes', async () => {
        const { party, stored, found } = scene;
        const { userId } = party.player;
        const entry = await stored({ visibility: 'chosen', visibleTo: [userId] });
        const { name, tags, gmNotes, visibility, visibleTo } = entry;
        for (const changes of [{}, { name: undefined }, own, { name, tags, gmNotes, visibility, visibleTo, ...own }]) {
          expect((await update(party.gm, entry.id, changes)).value).to.deep.equal(entry);
        }
        expect(await found(entry.id)).to.deep.equal(entry);
      });

      it('shows it to others, and forgets whom it was shown to when it is no longer for chosen members', async () => {
        const { party, stored } = scene;
        const { userId } = party.player;
        const { id } = await stored({ visibility: 'gm' });
        const shownTo = async (changes: object): Promise<unknown> => {
          const { visibility, visibleTo } = (await update(party.gm, id, changes)).value;
          return [visibility, visibleTo];
        };

        expect(await shownTo({ visibility: 'chosen' })).to.deep.equal(['chosen', []]);
        expect(await shownTo({ visibleTo: [userId] })).to.deep.equal(['chosen', [userId]]);
        expect(await shownTo({ name: 'Other' })).to.deep.equal(['chosen', [userId]]);
        expect(await shownTo({ visibility: 'party' })).to.deep.equal(['party', []]);
        expect(await codeOf(shownTo({ visibleTo: [userId] }))).to.equal('validation_failed');
        expect(await shownTo({ visibility: 'chosen', visibleTo: [userId] })).to.deep.equal(['chosen', [userId]]);
        expect(await codeOf(shownTo({ visibility: 'gm', visibleTo: [userId] }))).to.equal('validation_failed');
        expect(await shownTo({ visibility: 'gm', visibleTo: [] })).to.deep.equal(['gm', []]);
      });

      it('takes back whom it had, though they have left, but chooses none anew who is no member', async () => {
        const { party, stored, found } = scene;
        const left = uuid();
        const entry = await stored({ visibility: 'chosen', visibleTo: [left] });
        const { userId } = party.viewer;
        const { value } = await update(party.gm, entry.id, { visibleTo: [userId, left] });
        expect(value.visibleTo).to.deep.equal([userId, left]);

        const fault = await faultOf(update(party.gm, entry.id, { visibleTo: [left, uuid()] }));
        expect(fault.details.map(({ field }) => field)).to.deep.equal(['visibleTo[1]']);
        expect(await found(entry.id)).to.deep.equal(value);
      });

      it('takes an expected version and refuses another, also where nothing would change', async () => {
        const { commands, party, stored, found } = scene;
        const entry = await stored();
        const { id } = entry;
        for (const changes of [{ name: 'Other' }, {}]) {
          const stale = commands.update(party.gm, { id, changes, expectedVersions: [2] });
          expect(await codeOf(stale)).to.equal('version_conflict');
        }
        expect(await found(id)).to.deep.equal(entry);
        await commands.update(party.gm, { id, changes: { name: 'Other' }, expectedVersions: [7, 1] });
        expect(await found(id)).to.include({ name: 'Other', version: 2 });
      });
    });

    describe('when one is deleted', () => {
      it('lies in the trash, which is told, and can be restored within 30 days', async () => {
        const { core, commands, party, stored, found } = scene;
        const entry = await stored();
        const { id } = entry;
        expect(await codeOf(commands.delete(party.gm, { id, expectedVersions: [2] }))).to.equal('version_conflict');
        await commands.delete(party.gm, { id, expectedVersions: [1] });
        const deletedAt = core.clock.now();
        expect(await found(id)).to.deep.equal({ ...entry, deletedAt, updatedAt: deletedAt, version: 2 });

        core.clock.advance(30 * DAY);
        for (const others of [[1], [3], []]) {
          expect(await codeOf(commands.restore(party.gm, { id, expectedVersions: others }))).to.equal(
            'version_conflict',
          );
        }
        const seen = await commands.restore(party.gm, { id, expectedVersions: [2] });
        expect(seen).to.deep.equal({
          value: { ...entry, deletedAt: null, updatedAt: core.clock.now(), version: 3 },
          role: 'gm',
        });
        expect(await commands.restore(party.gm, { id }), 'a second time').to.deep.equal(seen);
        const told = await core.recorded(id);
        expect(
          told.map(({ action, subjectKind, actorId, campaignId }) => ({ action, subjectKind, actorId, campaignId })),
        ).to.deep.equal(
          ['deleted', 'restored'].map((action) => ({
            action,
            subjectKind: noun.singular,
            actorId: party.gm.userId,
            campaignId: entry.campaignId,
          })),
        );
      });

      it('is gone after 30 days', async () => {
        const { core, commands, party, stored } = scene;
        const { id } = await stored();
        await commands.delete(party.gm, { id, ...anyVersion });
        core.clock.advance(30 * DAY + 1);

        expect(await codeOf(commands.restore(party.owner, { id }))).to.equal('not_found');
      });
    });

    describe('access', () => {
      type Verb = 'update' | 'delete' | 'restore';
      const run = (verb: Verb, actor: Actor, id: string): Promise<unknown> => {
        const { commands } = scene;
        switch (verb) {
          case 'update':
            return commands.update(actor, { id, changes: { name: 'Other' }, ...anyVersion });
          case 'delete':
            return commands.delete(actor, { id, ...anyVersion });
          case 'restore':
            return commands.restore(actor, { id });
        }
      };
      const outcomeOf = async (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'done',
          () => codeOf(work),
        );

      it('to create is for GMs', async () => {
        const { commands, party, campaignId } = scene;
        const outcomes: Record<string, string> = {};
        for (const who of ['owner', 'gm', 'player', 'viewer', 'stranger'] as const) {
          outcomes[who] = await outcomeOf(commands.create(party[who], { campaignId, details: { name: 'Name' } }));
        }

        expect(outcomes).to.deep.equal({
          ...{ owner: 'done', gm: 'done', player: 'forbidden', viewer: 'forbidden' },
          stranger: 'not_found',
        });
      });

      for (const verb of ['update', 'delete', 'restore'] as const) {
        const trash = { deletedAt: new Date('2026-11-20T00:00:00.000Z') };
        const gms = verb === 'restore' ? 'done' : 'not_found';

        it(`to ${verb} is for GMs, and to others there is only what they see`, async () => {
          const { party, stored, found } = scene;
          const chosen = { visibility: 'chosen', visibleTo: [party.player.userId] } as const;
          for (const [values, expected] of [
            [{}, ['done', 'done', 'forbidden', 'forbidden']],
            [{ visibility: 'gm' }, ['done', 'done', 'not_found', 'not_found']],
            [chosen, ['done', 'done', 'forbidden', 'not_found']],
            [trash, [gms, gms, 'not_found', 'not_found']],
            [{ ...trash, visibility: 'gm' }, [gms, gms, 'not_found', 'not_found']],
          ] as const) {
            const outcomes: string[] = [];
            for (const who of ['owner', 'gm', 'player', 'viewer', 'stranger'] as const) {
              const entry = await stored(values);
              const outcome = await outcomeOf(run(verb, party[who], entry.id));
              if (outcome !== 'done') expect(await found(entry.id)).to.deep.equal(entry);
              outcomes.push(outcome);
            }
            expect(outcomes, JSON.stringify(values)).to.deep.equal([...expected, 'not_found']);
          }
        });

        it(`to ${verb} one of a campaign in the trash, of another campaign or of none is not found`, async () => {
          const { core, party, campaignId, stored } = scene;
          const other = await core.newParty();
          const { id } = await stored();
          const faults = [await faultOf(run(verb, party.owner, uuid())), await faultOf(run(verb, other.owner, id))];
          await core.deleteCampaign(party.owner, { campaignId, ...anyVersion });
          faults.push(await faultOf(run(verb, party.owner, id)));

          for (const { code, message } of faults) {
            expect([code, message]).to.deep.equal(['not_found', faults[0]?.message]);
          }
        });
      }

      it('is authorized anew by the role that the actor has now', async () => {
        const { core, party, campaignId, stored } = scene;
        const { id } = await stored();
        await core.members.setRole(campaignId, party.gm.userId, 'player');

        for (const verb of ['update', 'delete', 'restore'] as const) {
          expect(await codeOf(run(verb, party.gm, id)), verb).to.equal('forbidden');
        }
      });
    });
  });
}
