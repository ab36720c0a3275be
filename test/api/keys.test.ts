import { expect } from 'chai';
import { PASSWORD, type Api, startApi } from '../support/api.ts';

describe('the API: API tokens', () => {
  let api: Api;

  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  it('creates one, lists it without its secret, and revokes it once', async () => {
    const client = api.as(await api.newUser());
    const body = { name: 'Backup script', scopes: ['campaigns:read'], password: PASSWORD };
    const created = await client.post('/api/auth/tokens', body);
    expect(created.status).to.equal(201);
    expect(created.body.token).to.match(/^lfv_/);

    const listed = await client.get('/api/auth/tokens');
    expect([listed.status, listed.text.includes(String(created.body.token))]).to.deep.equal([200, false]);
    expect(listed.text).to.include(String(created.body.id));

    const path = `/api/auth/tokens/${String(created.body.id)}`;
    expect((await client.delete(path)).status).to.equal(204);
    expect((await client.delete(path)).status).to.equal(404);
  });
});
