import { expect } from 'chai';
import { type Api, UNKNOWN_ID, startApi } from '../support/api.ts';
import { WORLD_SAMPLES } from '../support/world-samples.ts';
import { type StatementCounter, countStatements } from '../support/count-statements.ts';

const FOR_GMS: ReadonlySet<string> = new Set(['listInvites']);

describe('a read, when nothing is kept', () => {
  let counter: StatementCounter;
  let api: Api;
  before(async () => {
    counter = countStatements();
    api = await startApi();
  });
  after(async () => {
    await api.close();
    counter.stop();
  });

  it('takes one statement, whatever comes of it', async () => {
    const { owner, stranger, viewer, campaignId } = await api.newParty();
    const sessionId = await api.newSession(owner, campaignId);
    await api.as(owner).post(`/api/sessions/${sessionId}/finalize`, {});
    const ids = new Map([['sessions', sessionId]]);
    for (const { noun } of WORLD_SAMPLES) {
      ids.set(noun.plural, await api.newEntry(owner, campaignId, noun, { visibility: 'party' }));
    }
    const gone = await api.logIn(stranger);
    await api.anybody.post('/api/auth/logout', { refreshToken: gone.refreshToken });

    const reads = api.application.endpoints.filter(({ takesClaimant }) => takesClaimant).map(({ spec }) => spec);
    expect(reads.map(({ name }) => name)).to.include.members(['listCampaigns', 'getSession', 'getMe', 'listSignIns']);
    for (const { name, path } of reads) {
      const [, noun = ''] = /^\/api\/(\w+)\/:id/.exec(path) ?? [];
      const there = path.replace(':campaignId', campaignId).replace(':id', ids.get(noun) ?? campaignId);
      const asked: [string, number, () => Promise<{ readonly status: number }>][] = [
        ['as the owner', 200, () => api.as(owner).get(there)],
        ['as a viewer', FOR_GMS.has(name) ? 403 : 200, () => api.as(viewer).get(there)],
        ['after the sign-in', 401, () => api.as(gone).get(there)],
      ];
      if (path.includes(':')) {
        asked.push(['as a stranger', 404, () => api.as(stranger).get(there)]);
        asked.push(['of nothing', 404, () => api.as(owner).get(path.replaceAll(/:\w+/g, UNKNOWN_ID))]);
      }
      for (const [how, status, ask] of asked) {
        let answered = 0;
        const statements = await counter.during(async () => {
          ({ status: answered } = await ask());
        });
        expect([answered, statements], `${name} ${how}`).to.deep.equal([status, 1]);
      }
    }
  });
});
