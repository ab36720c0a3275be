import { expect } from 'chai';
import { SCOPES } from '../../core/shared/actor.ts';
import { type ApiResponse, type Client, nextLink } from '../support/api-clients.ts';
import { PASSWORD, type Api, type ApiUser, UNKNOWN_ID, expectStatus, startApi, textAt } from '../support/api.ts';
import { WORLD_SAMPLES, type WorldSample } from '../support/world-samples.ts';

/* A canary in everything that is hidden: whatever a player is answered, there is none in it, and no trace of one. */

const CANARY = 'canary';

/** With a canary in each of these fields, where it is a text or a list of texts. */
function marked(fields: object, names: readonly string[]): object {
  return Object.fromEntries(
    Object.entries<unknown>({ ...fields }).map(([name, value]) => {
      if (!names.includes(name)) return [name, value];
      return [name, Array.isArray(value) ? [CANARY] : typeof value === 'string' ? `${CANARY} ${name}` : value];
    }),
  );
}

describe('what is hidden in the world', () => {
  let api: Api;
  let campaignId: string;
  let gm: ApiUser;
  let callers: ReadonlyMap<string, Client>;
  /** Those that the callers may see, and those that they may not. */
  let shown: readonly string[];
  let hidden: readonly string[];
  /** What each caller was answered before anything was hidden. */
  let first: ReadonlyMap<string, readonly string[]>;

  before(async function () {
    this.timeout(60_000);
    api = await startApi();
    const party = await api.newParty();
    ({ campaignId, gm } = party);
    const { player, viewer, stranger } = party;
    const chosen = await api.join(campaignId, 'player');
    const made = await api
      .as(player)
      .post('/api/auth/tokens', { name: 'Script', scopes: [...SCOPES], password: PASSWORD });
    callers = new Map([
      ['player', api.as(player)],
      ['chosen player', api.as(chosen)],
      ['viewer', api.as(viewer)],
      ['stranger', api.as(stranger)],
      ["player's API token", api.as({ token: textAt(expectStatus(made, 201).body, 'token') })],
    ]);
    const add = async (sample: WorldSample, values: object): Promise<string> =>
      api.newEntry(gm, campaignId, sample.noun, values);
    const seen: string[] = [];
    for (const sample of WORLD_SAMPLES) {
      const { own, gmFields } = sample;
      for (const name of ['Anna', 'Pell', 'Zora']) {
        const fields = { ...marked(own, gmFields), name, tags: ['harbour'], gmNotes: CANARY };
        seen.push(await add(sample, { ...fields, visibility: 'party' }));
        seen.push(await add(sample, { ...fields, visibility: 'chosen', visibleTo: [chosen.id] }));
      }
    }
    shown = seen;
    first = await answers();
    const unseen: string[] = [];
    for (const sample of WORLD_SAMPLES) {
      const { noun, own, others } = sample;
      for (const name of ['Aaron', 'Pell', 'Zz']) {
        for (const fields of [own, others]) {
          const all = { ...marked(fields, canBeMarked(sample)), gmNotes: CANARY, tags: ['harbour', CANARY] };
          const values = { ...all, name: name === 'Pell' ? name : `${name} ${CANARY}` };
          unseen.push(await add(sample, values));
          unseen.push(await add(sample, { ...values, visibility: 'chosen', visibleTo: [gm.id] }));
          const trashed = await add(sample, { ...values, visibility: 'party' });
          expectStatus(await api.as(gm).delete(`/api/${noun.plural}/${trashed}`), 204);
          unseen.push(trashed);
        }
      }
    }
    hidden = unseen;
  });
  after(async () => {
    await api.close();
    expect(api.loggedErrors).to.deep.equal([]);
  });
  /** Texts that may hold a canary and stay valid: what a filter looks at is one of few words. */
  function canBeMarked({ noun, own }: WorldSample): readonly string[] {
    return Object.keys(own).filter((name) => !noun.filters.includes(name));
  }

  function paths(): readonly string[] {
    const reads = api.application.endpoints.filter(({ spec }) => spec.method === 'GET' && spec.path.startsWith('/api'));
    return reads.flatMap(({ spec }) => {
      const [, noun = ''] = /^\/api\/(\w+)\/:id/.exec(spec.path) ?? [];
      const isWorld = WORLD_SAMPLES.some(({ noun: { plural } }) => plural === noun);
      const ids = isWorld ? shown : [campaignId];
      const found = spec.path.includes(':') ? ids.map((id) => spec.path.replaceAll(/:\w+/g, id)) : [spec.path];
      return found.flatMap((path) => queriesOf(spec.path).map((query) => path + query));
    });
  }

  function queriesOf(path: string): readonly string[] {
    const sample = WORLD_SAMPLES.find(({ noun }) => path.endsWith(`/${noun.plural}`));
    if (sample === undefined) return [''];
    const values = [sample.own, sample.others].flatMap((fields) =>
      sample.noun.filters.map((field) => `?${field}=${String(Reflect.get(fields, field))}`),
    );
    const shared = ['', '?limit=1', '?limit=2', '?limit=100', '?tag=harbour', '?q=e', '?q=z', '?name=Pell'];
    return [...shared, '?visibility=gm', '?visibility=party', '?visibility=chosen', '?idEnding=0000', ...values];
  }

  function bytes({ status, headers, text }: ApiResponse): string {
    const told = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
    return JSON.stringify([status, told, text.replace(/"requestId":"[^"]*"/, '')]);
  }

  /** Of every read, with every filter, to the last page. */
  async function answers(): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    for (const [who, client] of callers) {
      const told: string[] = [];
      for (const path of paths()) {
        let next: string | null = path;
        while (next !== null) {
          const answer: ApiResponse = await client.get(next);
          told.push(`${next} ${bytes(answer)}`);
          next = nextLink(answer);
        }
      }
      found.set(who, told);
    }
    return found;
  }

  it('is there for the GMs, canaries and all', async () => {
    for (const { noun, gmFields } of WORLD_SAMPLES) {
      const { items } = await api.as(gm).get(`/api/campaigns/${campaignId}/${noun.plural}?limit=100`);
      expect(items).to.have.length(18);
      for (const item of items)
        expect(JSON.stringify([item.gmNotes, ...gmFields.map((field) => item[field])])).to.include(CANARY);
    }
  });

  it('is in no answer to any read of who may not see it, and changes not a byte of one', async () => {
    const after = await answers();
    for (const [who, told] of first) {
      expect(told.length, who).to.be.greaterThan(30);
      expect(after.get(who), who).to.deep.equal(told);
      expect(
        told.filter((text) => text.includes(CANARY)),
        who,
      ).to.deep.equal([]);
    }
  }).timeout(60_000);

  it('is found neither by its id, nor by the end of that, nor by its tags, words and names', async () => {
    for (const { noun } of WORLD_SAMPLES) {
      const list = `/api/campaigns/${campaignId}/${noun.plural}`;
      for (const [who, client] of callers) {
        const unknown = bytes(await client.get(`/api/${noun.plural}/${UNKNOWN_ID}`)).replaceAll(UNKNOWN_ID, '');
        const none = bytes(await client.get(`${list}?tag=nobody-has-this`));
        for (const id of hidden) {
          expect(bytes(await client.get(`/api/${noun.plural}/${id}`)).replaceAll(id, ''), who).to.equal(unknown);
          expect(bytes(await client.get(`${list}?idEnding=${id.slice(-12)}`)), who).to.equal(none);
        }
        for (const query of [`tag=${CANARY}`, `q=${CANARY}`, `name=Zz%20${CANARY}`]) {
          expect(bytes(await client.get(`${list}?${query}`)), who).to.equal(none);
        }
      }
    }
  }).timeout(60_000);
});
