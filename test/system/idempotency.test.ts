import { expect } from 'chai';
import pg from 'pg';
import { type ApiReply, PASSWORD, callApi, newUser, textIn } from '../support/api-client.ts';
import { type RunningServer, startServerProcess, urlOf } from '../support/running-program.ts';
import { WORLD_SAMPLES } from '../support/world-samples.ts';
import { testCluster } from '../support/test-cluster.ts';

const REPLAYED = 'idempotency-replayed';

describe('the Idempotency-Key', () => {
  let server: RunningServer;
  let database: pg.Client;
  let gm: { readonly id: string; readonly token: string };
  let campaignId: string;
  let keys = 0;

  before(async () => {
    const target = await (await testCluster()).migrated();
    database = new pg.Client({ connectionString: urlOf(target) });
    await database.connect();
    server = await startServerProcess({ DATABASE_URL: urlOf(target) });
    gm = await newUser(server.url);
    campaignId = textIn((await post('/api/campaigns', { name: 'The Salt Road' })).text, 'id');
  });
  after(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
    await database.end();
  });

  const newKey = (): string => `key ${(keys += 1)}`;
  const post = (path: string, body: unknown, key?: string, token = gm.token): Promise<ApiReply> =>
    callApi(`${server.url}${path}`, {
      method: 'POST',
      token,
      body,
      headers: key === undefined ? {} : { 'Idempotency-Key': key },
    });
  const schedule = (body: unknown, key?: string, token?: string): Promise<ApiReply> =>
    post(`/api/campaigns/${campaignId}/sessions`, body, key, token);
  const count = async (sql: string, values: readonly unknown[] = []): Promise<number> =>
    Number((await database.query<{ count: string }>(sql, [...values])).rows[0]?.count);
  const titled = (title: string): Promise<number> => count('select count(*) from sessions where title = $1', [title]);
  const kept = (key: string): Promise<number> => count('select count(*) from idempotency_keys where key = $1', [key]);
  const problem = ({ status, text }: ApiReply): string => `${status} ${textIn(text, 'code')}`;
  const join = (userId: string, role: string): Promise<unknown> =>
    database.query(
      `insert into members values ($1, $2, $3, now())
       on conflict (campaign_id, user_id) do update set role = excluded.role`,
      [campaignId, userId, role],
    );

  it('replays the first answer byte for byte, and does nothing again', async () => {
    const body = { title: 'The Mill', description: 'Zwölf Räder\n"and" more', gmNotes: 'drowned', durationMinutes: 90 };
    const key = newKey();
    const first = await schedule(body, key);
    const again = await schedule({ ...body, title: '  The Mill ' }, key);

    expect([first.status, again.status]).to.deep.equal([201, 201]);
    expect(again.text).to.equal(first.text);
    expect(first.headers).to.not.have.property(REPLAYED);
    expect(again.headers).to.include({ [REPLAYED]: 'true', etag: first.headers.etag });
    expect(again.headers.location).to.equal(first.headers.location);
    expect(await titled('The Mill')).to.equal(1);
  });

  it('keeps long texts once, where they belong, and replays them all the same', async () => {
    const long = 'ü🐉 "\\'.repeat(15_000);
    const key = newKey();
    for (const send of [
      (used: string) => schedule({ title: 'Long', description: long, gmNotes: `${long}!` }, used),
      (used: string) => post('/api/campaigns', { name: 'Long', description: long }, used),
      (used: string) =>
        post(
          `/api/campaigns/${campaignId}/npcs`,
          { name: 'N', secrets: long, motivations: Array(50).fill('x'.repeat(200)) },
          used,
        ),
    ]) {
      const used = newKey();
      const first = await send(used);
      const again = await send(used);
      expect([first.status, again.status, again.headers[REPLAYED]]).to.deep.equal([201, 201, 'true']);
      expect(again.text).to.equal(first.text);
      const bytes = await count('select length(t::text) as count from idempotency_keys t where key = $1', [used]);
      expect(bytes).to.be.lessThan(2500);
    }
    const body = { title: 'Mine', description: long };
    expect((await schedule(body, key)).status).to.equal(201);
    expect(problem(await schedule({ ...body, description: `${long}!` }, key))).to.equal('422 idempotency_key_reused');
    // As a version before this one stored it.
    await database.query(
      `update idempotency_keys set request_hash = replace(request_hash, ' echoed', ''),
        answer = jsonb_set(answer - 'echoed', '{body,description}', to_jsonb('of then'::text)) where key = $1`,
      [key],
    );
    expect(textIn((await schedule(body, key)).text, 'description')).to.equal('of then');
  });

  it('refuses the key for another body, another path and another operation', async () => {
    const key = newKey();
    const other = textIn((await post('/api/campaigns', { name: 'Another' })).text, 'id');
    expect((await schedule({ title: 'Once' }, key)).status).to.equal(201);

    expect(problem(await schedule({ title: 'Twice' }, key))).to.equal('422 idempotency_key_reused');
    const elsewhere = await post(`/api/campaigns/${other}/sessions`, { title: 'Once' }, key);
    expect(problem(elsewhere)).to.equal('422 idempotency_key_reused');
    expect(problem(await post('/api/campaigns', { name: 'Once' }, key))).to.equal('422 idempotency_key_reused');
    expect(await count('select count(*) from sessions where campaign_id = $1', [other])).to.equal(0);
  });

  it('tells while the first request still runs', async () => {
    const key = newKey();
    await database.query('begin');
    await database.query('select last from session_counters where campaign_id = $1 for update', [campaignId]);
    const first = schedule({ title: 'Held' }, key);
    // It has its key once it waits for what is held here.
    while ((await database.query('select from pg_locks where not granted')).rows.length === 0);
    const second = await schedule({ title: 'Held' }, key);
    await database.query('rollback');

    expect(problem(second)).to.equal('409 idempotency_in_flight');
    expect((await first).status).to.equal(201);
    expect((await schedule({ title: 'Held' }, key)).headers).to.include({ [REPLAYED]: 'true' });
    expect(await titled('Held')).to.equal(1);
  });

  it('gives one row and nothing but 201 and 409 when 50 come at once', async () => {
    const key = newKey();
    const replies = await Promise.all(Array.from({ length: 50 }, () => schedule({ title: 'Fifty' }, key)));

    expect(await titled('Fifty')).to.equal(1);
    const made = replies.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).to.equal(1);
    expect(made.filter(({ headers }) => headers[REPLAYED] === undefined)).to.have.length(1);
    const others = replies.filter(({ status }) => status !== 201).map(problem);
    expect([...new Set(others)].filter((each) => each !== '409 idempotency_in_flight')).to.deep.equal([]);
  });

  it("is each user's own", async () => {
    const key = newKey();
    const other = await newUser(server.url);
    const mine = await post('/api/campaigns', { name: 'Mine' }, key);
    const theirs = await post('/api/campaigns', { name: 'Theirs' }, key, other.token);

    expect([mine.status, theirs.status]).to.deep.equal([201, 201]);
    expect(textIn(theirs.text, 'name')).to.equal('Theirs');
    expect(theirs.headers).to.not.have.property(REPLAYED);
  });

  it('keeps nothing of a request that failed, so that it may be repeated', async () => {
    const key = newKey();
    const { rows } = await database.query<{ number: number }>(
      'select session_number as number from sessions where campaign_id = $1 limit 1',
      [campaignId],
    );
    const body = { title: 'Clash', sessionNumber: rows[0]?.number };
    expect(problem(await schedule(body, key))).to.equal('409 session_number_taken');
    expect(await kept(key)).to.equal(0);
    expect(await titled('Clash')).to.equal(0);

    expect((await schedule({ title: 'Clash' }, key)).status).to.equal(201);
  });

  it('keeps neither the effect nor the answer when the answer cannot be kept', async () => {
    const key = newKey();
    await database.query('alter table idempotency_keys add constraint broken check (key <> $$' + key + '$$)');
    const failed = await schedule({ title: 'Half' }, key);
    await database.query('alter table idempotency_keys drop constraint broken');

    expect(failed.status).to.equal(500);
    expect(await titled('Half')).to.equal(0);
    expect((await schedule({ title: 'Half' }, key)).status).to.equal(201);
  });

  it('forgets after 24 hours, its own and some of the others', async () => {
    const [key, old] = [newKey(), newKey()];
    await schedule({ title: 'Daily' }, key);
    await schedule({ title: 'Old' }, old);
    const age = (interval: string): Promise<unknown> =>
      database.query('update idempotency_keys set created_at = now() - $2::interval where key = any($1)', [
        [key, old],
        interval,
      ]);
    await age('23 hours 59 minutes');
    expect((await schedule({ title: 'Daily' }, key)).headers).to.include({ [REPLAYED]: 'true' });
    await age('24 hours 1 second');
    const next = await schedule({ title: 'Daily, the second' }, key);

    expect(next.status).to.equal(201);
    expect(next.headers).to.not.have.property(REPLAYED);
    expect([await kept(key), await kept(old)]).to.deep.equal([1, 0]);
  });

  it('does nothing again when the clock was set back, and keeps no answer for longer than 24 hours by that', async () => {
    const [key, ahead] = [newKey(), newKey()];
    await schedule({ title: 'Back' }, key);
    await schedule({ title: 'Ahead' }, ahead);
    const put = (of: string, interval: string): Promise<unknown> =>
      database.query('update idempotency_keys set created_at = now() + $2::interval where key = $1', [of, interval]);
    await put(key, '3 hours');
    expect((await schedule({ title: 'Back' }, key)).headers).to.include({ [REPLAYED]: 'true' });
    await put(key, '25 hours');
    await put(ahead, '70 years');
    const next = await schedule({ title: 'Back, the second' }, key);

    expect(next.status).to.equal(201);
    expect(next.headers).to.not.have.property(REPLAYED);
    expect([await kept(key), await kept(ahead)], 'the other was forgotten').to.deep.equal([1, 0]);
  });

  it('takes 1 to 255 printable ASCII characters', async () => {
    for (const key of ['', 'x'.repeat(256), 'tab\there', 'schl\u00fcssel']) {
      expect(problem(await schedule({ title: 'Never' }, key))).to.equal('400 validation_failed');
    }
    expect((await schedule({ title: 'Longest' }, 'x'.repeat(255))).status).to.equal(201);
    expect(await titled('Never')).to.equal(0);
  });

  it('is not taken where the answer carries a secret, and no secret is kept', async () => {
    const body = { name: 'script', scopes: ['campaigns:read'], password: PASSWORD };
    const refused = await post('/api/auth/tokens', body, newKey());
    expect(problem(refused)).to.equal('400 validation_failed');
    const created = await post('/api/auth/tokens', body);

    expect(created.status).to.equal(201);
    expect(await count("select count(*) from idempotency_keys where answer::text like '%lfv_%'")).to.equal(0);
  });

  it('shows nothing again to who has left the campaign, or has a weaker role', async () => {
    const other = await newUser(server.url);
    const key = newKey();
    await join(other.id, 'gm');
    const body = { title: 'Theirs', gmNotes: 'the duke is a lich' };
    expect((await schedule(body, key, other.token)).status).to.equal(201);

    await join(other.id, 'player');
    const asPlayer = await schedule(body, key, other.token);
    await database.query('delete from members where user_id = $1', [other.id]);
    const asNobody = await schedule(body, key, other.token);
    await join(other.id, 'owner');
    const asOwner = await schedule(body, key, other.token);

    expect([problem(asPlayer), problem(asNobody)]).to.deep.equal(['403 forbidden', '404 not_found']);
    expect(asPlayer.text + asNobody.text).to.not.include('lich');
    expect(asOwner.headers).to.include({ [REPLAYED]: 'true' });
    expect(await titled('Theirs')).to.equal(1);
  });

  it('shows a campaign again only to who still belongs to it', async () => {
    const key = newKey();
    const created = await post('/api/campaigns', { name: 'Left' }, key);
    await database.query('delete from members where campaign_id = $1', [textIn(created.text, 'id')]);

    expect(problem(await post('/api/campaigns', { name: 'Left' }, key))).to.equal('404 not_found');
  });

  it('replays nothing to an API token without the scope', async () => {
    const key = newKey();
    await schedule({ title: 'Scoped' }, key);
    const weak = await post('/api/auth/tokens', { name: 'reader', scopes: ['sessions:read'], password: PASSWORD });
    const reply = await schedule({ title: 'Scoped' }, key, textIn(weak.text, 'token'));

    expect(problem(reply)).to.equal('403 forbidden');
  });

  it('stands in the document of the API', async () => {
    const { text } = await callApi(`${server.url}/api/openapi.json`);
    const document: unknown = JSON.parse(text);
    const operations = 'paths./api/campaigns/{campaignId}/sessions.post';
    expect(document)
      .to.have.nested.property(operations)
      .that.satisfies((operation: unknown) => JSON.stringify(operation).includes('"Idempotency-Key"'));
    expect(text.match(/"name":"Idempotency-Key"/g)).to.have.length(2 + WORLD_SAMPLES.length);
  });
});
