import { expect } from 'chai';
import { type ApiResponse, allPages } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  DAY,
  type Party,
  UNKNOWN_ID,
  bytesOf,
  etagOf,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
  textAt,
} from '../support/api.ts';
import { WORLD_SAMPLES } from '../support/world-samples.ts';

describe('the API: the world', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(async () => {
    await api.close();
    expect(api.loggedErrors).to.deep.equal([]);
  });

  for (const { noun, own, others, emptied, gmFields, refused } of WORLD_SAMPLES) {
    describe(noun.plural, () => {
      let party: Party;
      let gm: ApiUser;
      let listPath: string;
      beforeEach(async () => {
        party = await api.newParty();
        ({ gm } = party);
        listPath = `/api/campaigns/${party.campaignId}/${noun.plural}`;
      });

      const create = (user: ApiUser, body: unknown): Promise<ApiResponse> => api.as(user).post(listPath, body);
      const add = (values: object = {}): Promise<string> => api.newEntry(gm, party.campaignId, noun, values);
      const pathOf = (id: string): string => `/api/${noun.plural}/${id}`;
      const read = (user: ApiUser, id: string): Promise<ApiResponse> => api.as(user).get(pathOf(id));
      const patch = (user: ApiUser, id: string, body: unknown): Promise<ApiResponse> =>
        api.as(user).patch(pathOf(id), body);
      const namesFor = async (user: ApiUser, query = ''): Promise<unknown[]> =>
        (await allPages(api.as(user), `${listPath}${query}`)).items.map(({ name }) => name);
      const shared = { name: 'Pell', tags: ['harbour', 'guild'], gmNotes: '<b>A spy</b>', visibility: 'party' };

      describe('creating', () => {
        it('answers it with its defaults, for GMs only, where it is, and its ETag', async () => {
          const response = expectStatus(await create(gm, { name: 'Pell' }), 201);
          const id = textAt(response.body, 'id');
          const now = api.clock.now().toISOString();
          expect(response.body).to.deep.equal({
            ...noun.blank,
            id,
            campaignId: party.campaignId,
            name: 'Pell',
            tags: [],
            visibility: 'gm',
            visibleTo: [],
            gmNotes: null,
            abilities: ['update', 'delete'],
            createdAt: now,
            updatedAt: now,
          });
          expect(response.headers.get('Location')).to.equal(pathOf(id));
          const found = await read(gm, id);
          expect([found.body, etagOf(found)]).to.deep.equal([response.body, etagOf(response)]);
        });

        it('keeps every field that is sent', async () => {
          const id = await add({ ...shared, ...own });
          expect((await read(gm, id)).body).to.deep.include({ ...shared, ...own });
        });

        it('strips name and tags of HTML, and leaves Markdown as it is', async () => {
          const gmNotes = ' <b>Keep</b>\n\n> a < b\n';
          const { body } = await create(gm, { name: ' <i>Pell</i>\t', tags: ['<b>x</b> '], gmNotes });
          expect(body).to.deep.include({ name: 'Pell', tags: ['x'], gmNotes });
        });

        it('shows it to chosen members, each once', async () => {
          const visibleTo = [party.player.id, party.viewer.id];
          const body = { ...shared, visibility: 'chosen', visibleTo: [...visibleTo, party.player.id] };
          expect((await create(gm, body)).body).to.deep.include({ visibility: 'chosen', visibleTo });
        });

        it('happens once for all requests with the same Idempotency-Key', async () => {
          const headers = { 'Idempotency-Key': 'once' };
          const body = { ...shared, ...own };
          const first = expectStatus(await api.as(gm).post(listPath, body, headers), 201);
          const again = expectStatus(await api.as(gm).post(listPath, body, headers), 201);
          expect(again.text).to.equal(first.text);
          expect(again.headers.get('Idempotency-Replayed')).to.equal('true');
          expect(await namesFor(gm)).to.deep.equal(['Pell']);
        });
      });

      describe('refusing', () => {
        const cases: readonly (readonly [string, object, ...string[]])[] = [
          ['no name', { name: undefined }, 'name'],
          ['a blank name', { name: '<br>' }, 'name'],
          ['a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
          ['51 tags', { tags: Array<string>(51).fill('x') }, 'tags'],
          ['a tag of 101 characters', { tags: ['x', 'x'.repeat(101)] }, 'tags[1]'],
          ['an empty tag', { tags: [''] }, 'tags[0]'],
          ['null for tags', { tags: null }, 'tags'],
          ['notes that are too long', { gmNotes: 'x'.repeat(100_001) }, 'gmNotes'],
          ['a visibility that there is not', { visibility: 'all' }, 'visibility'],
          ['chosen members of what the party sees', { visibility: 'party', visibleTo: [UNKNOWN_ID] }, 'visibleTo'],
          ['chosen members of what only GMs see', { visibleTo: [UNKNOWN_ID] }, 'visibleTo'],
          ['who is no member', { visibility: 'chosen', visibleTo: [UNKNOWN_ID] }, 'visibleTo[0]'],
          ['a user name', { visibility: 'chosen', visibleTo: ['anna'] }, 'visibleTo[0]'],
          ['101 chosen', { visibility: 'chosen', visibleTo: Array<string>(101).fill(UNKNOWN_ID) }, 'visibleTo'],
          ['a campaign in the body', { campaignId: UNKNOWN_ID }, 'campaignId'],
          ['a field that there is not', { owner: 'x' }, 'owner'],
          ...refused,
        ];
        it('takes nothing of it, when one is created, and changes nothing of one that is there', async () => {
          const id = await add({ ...shared, ...own });
          const before = await api.fingerprint();
          for (const [, values, ...fields] of cases) {
            expectInvalid(await create(gm, { name: 'x', ...values }), ...fields);
            // What is not sent is not changed.
            if (!fields.includes('name') || !('name' in values) || values.name !== undefined) {
              const hides = fields[0] === 'visibleTo' && !('visibility' in values) ? { visibility: 'gm' } : {};
              expectInvalid(await patch(gm, id, { ...hides, ...values }), ...fields);
            }
          }
          expectInvalid(await patch(gm, id, { name: null }), 'name');
          expect(await api.fingerprint()).to.equal(before);
        });

        it('names each of the chosen who belongs to another campaign only', async () => {
          const other = await api.newParty();
          const visibleTo = [party.player.id, other.player.id, party.viewer.id, party.stranger.id];
          const answer = await create(gm, { name: 'Pell', visibility: 'chosen', visibleTo });
          expectInvalid(answer, 'visibleTo[1]', 'visibleTo[3]');
        });
      });

      describe('reading', () => {
        it('answers 304 as long as the ETag holds', async () => {
          const id = await add();
          const etag = etagOf(await read(gm, id));
          const ask = (): Promise<ApiResponse> => api.as(gm).get(pathOf(id), { 'If-None-Match': etag });
          expectStatus(await ask(), 304);
          await patch(gm, id, { gmNotes: 'Another' });
          expectStatus(await ask(), 200);
        });

        it('leaves out what is for GMs only from what others get, and names what each can do', async () => {
          const id = await add({
            ...shared,
            ...own,
            visibility: 'chosen',
            visibleTo: [party.player.id, party.viewer.id],
          });
          const full = (await read(gm, id)).body;
          expect(full).to.include.keys('gmNotes', 'visibleTo', ...gmFields);
          expect((await read(party.owner, id)).body).to.deep.equal(full);
          const forOthers = Object.fromEntries(
            Object.entries(full).filter(([field]) => !['gmNotes', 'visibleTo', ...gmFields].includes(field)),
          );
          for (const user of [party.player, party.viewer]) {
            const found = await read(user, id);
            expect(found.body).to.deep.equal({ ...forOthers, abilities: [] });
            expect((await api.as(user).get(listPath)).items).to.deep.equal([found.body]);
            expect(etagOf(found)).not.to.equal(etagOf(await read(gm, id)));
          }
        });
      });

      describe('listing', () => {
        it('goes by name, page by page', async () => {
          for (const name of ['ben', 'Anna', 'cleo', 'anna', 'Dora']) await add({ name, visibility: 'party' });
          await add({ name: 'Cara' });
          expect(await namesFor(party.player)).to.deep.equal(['Anna', 'anna', 'ben', 'cleo', 'Dora']);
          expect(await namesFor(gm, '?limit=2')).to.deep.equal(['Anna', 'anna', 'ben', 'Cara', 'cleo', 'Dora']);
        });

        it('is narrowed by each filter', async () => {
          const id = await add({ ...shared, ...own });
          await add({ ...others, name: 'Anna', tags: ['harbour 2'] });
          for (const query of [
            'tag=guild',
            'visibility=party',
            'q=eL',
            'name=Pell',
            `idEnding=${id.slice(-6).toUpperCase()}`,
            ...noun.filters.map((field) => `${field}=${String(Reflect.get(own, field))}`),
          ]) {
            expect(await namesFor(gm, `?${query}`), query).to.deep.equal(['Pell']);
          }
        });

        it('refuses filters that it does not know, and a cursor of another list', async () => {
          await add();
          await add();
          for (const [query, field] of [
            ['visibility=all', 'visibility'],
            ['idEnding=abc', 'idEnding'],
            ['idEnding=%25%25%25%25', 'idEnding'],
            ['gmNotes=x', 'gmNotes'],
            ['limit=0', 'limit'],
            ...noun.filters.map((each) => [`${each}=${'x'.repeat(300)}`, each] as const),
          ] as const) {
            const answer = await api.as(gm).get(`${listPath}?${query}`);
            expectProblem(answer, 400, 'validation_failed');
            expect(answer.text).to.include(`"field":"${field}"`);
          }
          const { headers } = await api.as(gm).get(`${listPath}?limit=1`);
          const [, cursor = ''] = /cursor=([\w-]+)/.exec(headers.get('Link') ?? '') ?? [];
          expectStatus(await api.as(gm).get(`${listPath}?limit=1&cursor=${cursor}`), 200);
          for (const query of ['&q=x', '&visibility=gm']) {
            expectProblem(await api.as(gm).get(`${listPath}?cursor=${cursor}${query}`), 400, 'invalid_cursor');
          }
          expectProblem(await api.as(party.owner).get(`${listPath}?cursor=${cursor}`), 400, 'invalid_cursor');
        });
      });

      for (const method of ['patch', 'put'] as const) {
        describe(`changing by ${method.toUpperCase()}`, () => {
          const change = (id: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
            api.as(gm)[method](pathOf(id), body, headers);

          it('changes what is sent and nothing else', async () => {
            const id = await add({ ...shared, ...own });
            let expected = (await read(gm, id)).body;
            const values = { name: 'Anna', tags: ['other'], gmNotes: 'Another', visibility: 'gm', ...others };
            for (const [field, value] of Object.entries<unknown>({ ...values })) {
              api.clock.advance(1);
              const response = expectStatus(await change(id, { [field]: value }), 200);
              expected = { ...expected, [field]: value, updatedAt: api.clock.now().toISOString() };
              expect(response.body).to.deep.equal(expected);
            }
            expect((await read(gm, id)).body).to.deep.equal(expected);
          });

          it('empties what may be empty', async () => {
            const id = await add({ ...shared, ...own });
            const empty = { ...emptied, gmNotes: null, tags: [] };
            expect((await change(id, empty)).body).to.deep.include(empty);
          });

          it('changes nothing where it is sent what it answered', async () => {
            const id = await add({ ...shared, ...own, visibility: 'chosen', visibleTo: [party.player.id] });
            const before = await read(gm, id);
            api.clock.advance(1);
            const sent = Object.entries(before.body).filter(
              ([field]) => !['id', 'campaignId', 'abilities', 'createdAt', 'updatedAt'].includes(field),
            );
            for (const body of [Object.fromEntries(sent), {}]) {
              const after = expectStatus(await change(id, body), 200);
              expect([after.body, etagOf(after)]).to.deep.equal([before.body, etagOf(before)]);
            }
          });

          it('changes only the version that If-Match names', async () => {
            const id = await add();
            const etag = etagOf(await read(gm, id));
            expectStatus(await change(id, { name: 'Anna' }, { 'If-Match': etag }), 200);
            const before = await api.fingerprint();
            expectProblem(await change(id, { name: 'Ben' }, { 'If-Match': etag }), 412, 'version_conflict');
            expect(await api.fingerprint()).to.equal(before);
          });

          it('reveals and hides', async () => {
            const id = await add();
            const { player, viewer } = party;
            const seers = async (body: unknown): Promise<readonly number[]> => {
              expectStatus(await change(id, body), 200);
              return [(await read(player, id)).status, (await read(viewer, id)).status];
            };
            expect(await seers({ visibility: 'chosen', visibleTo: [viewer.id] })).to.deep.equal([404, 200]);
            expect(await seers({ visibleTo: [player.id] })).to.deep.equal([200, 404]);
            expect(await seers({ visibility: 'party' })).to.deep.equal([200, 200]);
            expect(await seers({ visibility: 'chosen' })).to.deep.equal([404, 404]);
            expect((await read(gm, id)).body.visibleTo).to.deep.equal([]);
          });
        });
      }

      it('takes one of twenty changes at once of the same version', async () => {
        const id = await add();
        const etag = etagOf(await read(gm, id));
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            api.as(gm).patch(pathOf(id), { name: `Name ${n}` }, { 'If-Match': etag }),
          ),
        );
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, ...Array<number>(19).fill(412)]);
      });

      it('lies in the trash when it is deleted, and comes back within 30 days', async () => {
        const id = await add({ ...shared, ...own });
        const before = await read(gm, id);
        const stale = await api.as(gm).delete(pathOf(id), { 'If-Match': '"7-gm"' });
        expectProblem(stale, 412, 'version_conflict');
        expectStatus(await api.as(gm).delete(pathOf(id), { 'If-Match': etagOf(before) }), 204);
        expect(await namesFor(gm)).to.deep.equal([]);
        for (const answer of [
          await read(gm, id),
          await patch(gm, id, { name: 'x' }),
          await api.as(gm).delete(pathOf(id)),
        ]) {
          expectProblem(answer, 404, 'not_found');
        }
        // A sign-in lasts 30 days, and an access token 15 minutes.
        api.clock.advance(29 * DAY);
        gm = await api.logIn(gm);
        const restored = expectStatus(await api.as(gm).post(`${pathOf(id)}/restore`), 200);
        expect(restored.body).to.deep.equal({ ...before.body, updatedAt: api.clock.now().toISOString() });
        expect((await api.as(gm).post(`${pathOf(id)}/restore`)).body).to.deep.equal(restored.body);

        expectStatus(await api.as(gm).delete(pathOf(id)), 204);
        api.clock.advance(30 * DAY + 1);
        gm = await api.logIn(gm);
        expectProblem(await api.as(gm).post(`${pathOf(id)}/restore`), 404, 'not_found');
      });

      it('goes with its campaign into the trash and out of it', async () => {
        const id = await add();
        expectStatus(await api.as(party.owner).delete(`/api/campaigns/${party.campaignId}`), 204);
        for (const answer of [await read(gm, id), await api.as(gm).get(listPath), await create(gm, { name: 'x' })]) {
          expectProblem(answer, 404, 'not_found');
        }
        expectStatus(await api.as(party.owner).post(`/api/campaigns/${party.campaignId}/restore`), 200);
        expectStatus(await read(gm, id), 200);
      });

      it('is counted in the summary as far as each may see', async () => {
        const summary = async (user: ApiUser): Promise<unknown> =>
          (await api.as(user).get(`/api/campaigns/${party.campaignId}/summary`)).body[noun.plural];
        expect(await summary(gm)).to.equal(0);
        await add();
        await add({ visibility: 'party' });
        await add({ visibility: 'chosen', visibleTo: [party.player.id] });
        const trashed = await add({ visibility: 'party' });
        await api.as(gm).delete(pathOf(trashed));
        const counts = [await summary(party.owner), await summary(party.player), await summary(party.viewer)];
        expect(counts).to.deep.equal([3, 2, 1]);
      });

      it('is told to who may not see it as what there is not, byte for byte, and to who may only see it as forbidden', async () => {
        const { player, viewer } = party;
        const shown = await add({ visibility: 'party' });
        const hidden = [await add(), await add({ visibility: 'chosen', visibleTo: [viewer.id] }), await add(own)];
        expectStatus(await api.as(gm).delete(pathOf(hidden[2] ?? '')), 204);
        const before = await api.fingerprint();
        const ask = (id: string): readonly Promise<ApiResponse>[] => [
          read(player, id),
          patch(player, id, { name: 'x' }),
          patch(player, id, {}),
          api.as(player).patch(pathOf(id), { name: 'x' }, { 'If-Match': '"99-gm"' }),
          api.as(player).put(pathOf(id), { name: 'x' }),
          api.as(player).delete(pathOf(id)),
          api.as(player).post(`${pathOf(id)}/restore`),
        ];
        const told = async (id: string): Promise<readonly string[]> =>
          (await Promise.all(ask(id))).map((answer) => bytesOf(answer).replaceAll(id, ''));
        const unknown = await told(UNKNOWN_ID);
        expect(new Set(unknown).size).to.equal(1);
        for (const id of hidden) expect(await told(id)).to.deep.equal(unknown);
        const statuses = (await Promise.all(ask(shown))).map(({ status }) => status);
        expect(statuses).to.deep.equal([200, 403, 403, 403, 403, 403, 403]);
        expectProblem(await create(player, { name: 'x' }), 403, 'forbidden');
        expect(await api.fingerprint()).to.equal(before);
      });
    });
  }
});
