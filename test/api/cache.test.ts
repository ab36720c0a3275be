import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import type { Role } from '../../core/members/role.ts';
import type { Database } from '../../infrastructure/database/database.ts';
import { type StatementCounter, countStatements } from '../support/count-statements.ts';
import { postgresqlAdapters } from '../support/postgresql-adapters.ts';
import { PASSWORD, type RealServer, startRealServer } from '../support/real-server.ts';
import { openTestDatabase } from '../support/test-cluster.ts';

type User = Awaited<ReturnType<RealServer['newUser']>>;
type Answer = Awaited<ReturnType<RealServer['call']>>;

/** Nothing in here sleeps between a change and the question to the server that made it: that is what it is about. */
describe('cached answers, on two servers with one database', function () {
  this.timeout(60_000);
  let counter: StatementCounter;
  let one: RealServer;
  let two: RealServer;
  /** A third process that writes, as the command line does, and keeps nothing. */
  let elsewhere: Database;
  let owner: User;
  let gm: User;
  let player: User;
  let campaignId: string;
  let sessionId: string;
  let playedId: string;

  before(async () => {
    counter = countStatements();
    one = await startRealServer({ cache: true });
    two = await startRealServer({ cache: true, target: one.target });
    elsewhere = await openTestDatabase(one.target, { announces: true });
    [owner, gm, player] = [await one.newUser(), await one.newUser(), await one.newUser()];
    campaignId = await make(owner, '/api/campaigns', { name: 'The Drowned Bell' });
    await join(gm, 'gm');
    await join(player, 'player');
    sessionId = await make(gm, `/api/campaigns/${campaignId}/sessions`, {
      title: 'Low tide',
      gmNotes: 'It is a trap.',
    });
    playedId = await make(gm, `/api/campaigns/${campaignId}/sessions`, { title: 'High tide' });
    expect(
      (await write(one, gm, 'POST', `/api/sessions/${playedId}/finalize`, { summary: 'They came.' })).status,
    ).to.equal(200);
  });
  after(async () => {
    await one.close();
    await two.close();
    await elsewhere.close();
    counter.stop();
    expect([...one.faults, ...two.faults]).to.deep.equal([]);
  });

  const make = async (user: User, path: string, body: unknown): Promise<string> => {
    const made = await one.call('POST', path, { token: user.token, body });
    expect(made.status, made.text).to.equal(201);
    return String(made.body.id);
  };
  const join = ({ id: userId }: User, role: Role, into = campaignId): Promise<void> =>
    postgresqlAdapters(elsewhere).members.add({ campaignId: into, userId, role, joinedAt: one.clock.now() });
  const write = (server: RealServer, { token }: User, method: string, path: string, body: unknown = {}) =>
    server.call(method, path, { token, ...(method !== 'DELETE' && { body }) });
  const read = (server: RealServer, { token }: User, path: string) => server.call('GET', path, { token });
  const paths = (): readonly string[] => [
    '/api/campaigns',
    '/api/campaigns?status=active&role=gm&q=bell&limit=5',
    `/api/campaigns/${campaignId}`,
    `/api/campaigns/${campaignId}/summary`,
    `/api/campaigns/${campaignId}/sessions`,
    `/api/campaigns/${campaignId}/sessions?status=planned&sort=-scheduledDate`,
    `/api/sessions/${sessionId}`,
    `/api/sessions/${playedId}/results`,
  ];
  /** Repeats what a busy machine may spoil: a server that was not heard of for a second keeps nothing until it is again. */
  const sooner = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 50; tries += 1) {
      if (await holds()) return;
      await sleep(20);
    }
    expect.fail('This never came true.');
  };
  /** In less time than anything is kept for. */
  const soon = async (check: () => Promise<unknown>): Promise<void> => {
    for (const deadline = performance.now() + 2000; ;) {
      try {
        await check();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(2);
      }
    }
  };
  const warm = (server: RealServer, user: User, path: string): Promise<void> =>
    sooner(async () => (await counter.during(() => read(server, user, path))) === 0);

  it('are answered again without a statement, byte for byte', async () => {
    for (const path of paths()) {
      const first = await read(two, gm, path);
      await warm(two, gm, path);
      const again = await read(two, gm, path);
      expect([again.status, again.text], path).to.deep.equal([200, first.text]);
      for (const name of ['content-type', 'etag', 'cache-control', 'link']) {
        expect(again.headers.get(name), `${path} ${name}`).to.equal(first.headers.get(name));
      }
    }
  });

  it('answer 304 to whom has it already, without a statement', async () => {
    const path = `/api/campaigns/${campaignId}`;
    await warm(one, gm, path);
    const etag = String((await read(one, gm, path)).headers.get('etag'));
    await sooner(async () => {
      let status = 0;
      const statements = await counter.during(async () => {
        const headers = { Authorization: `Bearer ${gm.token}`, 'If-None-Match': etag };
        ({ status } = await fetch(`${one.url}${path}`, { headers }));
      });
      expect(status).to.equal(304);
      return statements === 0;
    });
  });

  it('lead on to the next page, which is not kept', async () => {
    const path = `/api/campaigns/${campaignId}/sessions?limit=1`;
    await warm(one, gm, path);
    const link = String((await read(one, gm, path)).headers.get('link'));
    const next = /<([^>]+)>/.exec(link)?.[1] ?? '';
    for (let n = 0; n < 3; n += 1) {
      expect(await counter.during(async () => expect((await read(one, gm, next)).items).to.have.lengthOf(1))).to.equal(
        1,
      );
    }
  });

  it('are loaded once for all who ask at the same time', async () => {
    await sooner(async () => {
      await warm(one, gm, '/api/campaigns');
      expect(
        (await write(one, owner, 'PATCH', `/api/campaigns/${campaignId}`, { theme: `${Math.random()}` })).status,
      ).to.equal(200);
      const answers: string[] = [];
      const statements = await counter.during(() =>
        Promise.all(
          Array.from({ length: 20 }, async () =>
            answers.push((await read(one, gm, `/api/campaigns/${campaignId}`)).text),
          ),
        ),
      );
      expect(new Set(answers).size).to.equal(1);
      return statements === 1;
    });
  });

  it("are each viewer's own", async () => {
    const path = `/api/sessions/${sessionId}`;
    await warm(one, gm, path);
    await warm(one, player, path);
    expect((await read(one, gm, path)).body.gmNotes).to.equal('It is a trap.');
    expect((await read(one, player, path)).body).not.to.have.property('gmNotes');
    const stranger = await one.newUser();
    for (let n = 0; n < 3; n += 1) expect((await read(one, stranger, path)).status).to.equal(404);
  });

  it('are not given to an API token that lacks the scope, or that was revoked', async () => {
    const made = await one.call('POST', '/api/auth/tokens', {
      token: gm.token,
      body: { name: 'a', scopes: ['sessions:read'], password: PASSWORD },
    });
    const other = await one.call('POST', '/api/auth/tokens', {
      token: gm.token,
      body: { name: 'b', scopes: ['campaigns:read'], password: PASSWORD },
    });
    const [sessions, campaigns] = [
      { ...gm, token: String(made.body.token) },
      { ...gm, token: String(other.body.token) },
    ];
    const path = `/api/campaigns/${campaignId}`;
    for (let n = 0; n < 3; n += 1) expect((await read(two, campaigns, path)).status).to.equal(200);
    expect((await read(two, sessions, path)).status).to.equal(403);
    expect((await write(one, gm, 'DELETE', `/api/auth/tokens/${String(other.body.id)}`)).status).to.equal(204);
    expect((await read(two, campaigns, path)).status).to.equal(401);
  });

  it('do not outlive their time by the clock of the server', async () => {
    const path = `/api/campaigns/${campaignId}/summary`;
    await warm(one, gm, path);
    one.clock.advance(5000);
    expect(await counter.during(() => read(one, gm, path))).to.equal(1);
  });

  describe('end at once, whoever changed what they tell', () => {
    /** Who has made a change, and what is to be seen of it. */
    interface Change {
      readonly by: RealServer | null;
      readonly check: (answer: Answer) => void;
    }
    /**
     * Changes by turns on either server what the other one and itself have kept, and asks both. The one that has made
     * the change must answer it at once; others hear of it, long before they would forget by themselves.
     */
    const again = async (
      times: number,
      ask: { readonly user: () => User; readonly path: () => string },
      change: (server: RealServer, n: number) => Promise<Change>,
    ): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        const servers = n % 2 === 0 ? [one, two] : [two, one];
        for (const server of servers) {
          await read(server, ask.user(), ask.path());
          await read(server, ask.user(), ask.path());
        }
        const { by, check } = await change(servers[0] ?? one, n);
        if (by !== null) check(await read(by, ask.user(), ask.path()));
        for (const server of servers) {
          await soon(async () => {
            check(await read(server, ask.user(), ask.path()));
          });
        }
      }
    };
    const expectDone = async (answer: Promise<{ readonly status: number; readonly text: string }>): Promise<void> => {
      const { status, text } = await answer;
      expect(status, text).to.be.within(200, 204);
    };

    it('when a campaign is renamed', () =>
      again(60, { user: () => player, path: () => `/api/campaigns/${campaignId}` }, async (server, n) => {
        await expectDone(write(server, owner, 'PATCH', `/api/campaigns/${campaignId}`, { name: `Name ${n}` }));
        return { by: server, check: ({ body }) => expect(body.name).to.equal(`Name ${n}`) };
      }));

    it('when a campaign gets on a list, or off it', () =>
      again(60, { user: () => player, path: () => '/api/campaigns?status=paused' }, async (server, n) => {
        const status = n % 2 === 0 ? 'paused' : 'active';
        await expectDone(write(server, owner, 'PATCH', `/api/campaigns/${campaignId}`, { status }));
        return { by: server, check: ({ items }) => expect(items).to.have.lengthOf(n % 2 === 0 ? 1 : 0) };
      }));

    it('when a session is renamed', () =>
      again(60, { user: () => player, path: () => `/api/campaigns/${campaignId}/sessions` }, async (server, n) => {
        await expectDone(write(server, gm, 'PATCH', `/api/sessions/${sessionId}`, { title: `Title ${n}` }));
        return { by: server, check: ({ items }) => expect(items.map(({ title }) => title)).to.include(`Title ${n}`) };
      }));

    it('when a session is scheduled', () => {
      let sessions = 0;
      return again(20, { user: () => player, path: () => `/api/campaigns/${campaignId}/summary` }, async (server) => {
        await expectDone(write(server, gm, 'POST', `/api/campaigns/${campaignId}/sessions`, { title: 'Next' }));
        sessions += 1;
        return { by: server, check: ({ body }) => expect(body.sessionsTotal).to.equal(2 + sessions) };
      });
    });

    it('when results are amended', () =>
      again(30, { user: () => player, path: () => `/api/sessions/${playedId}/results` }, async (server, n) => {
        await expectDone(write(server, gm, 'PATCH', `/api/sessions/${playedId}/results`, { summary: `Summary ${n}` }));
        return { by: server, check: ({ body }) => expect(body.summary).to.equal(`Summary ${n}`) };
      }));

    it('when a role is taken away', () =>
      again(60, { user: () => player, path: () => `/api/sessions/${sessionId}` }, async (server, n) => {
        const role = n % 2 === 0 ? 'gm' : 'player';
        await expectDone(write(server, owner, 'PATCH', `/api/campaigns/${campaignId}/members/${player.id}`, { role }));
        return { by: server, check: ({ body }) => expect('gmNotes' in body).to.equal(role === 'gm') };
      }));

    for (const [what, path, seen] of [
      ['a session', () => `/api/sessions/${sessionId}`, ({ status }) => status === 200],
      ['a list', () => '/api/campaigns', ({ items }) => items.length === 1],
    ] as const satisfies readonly (readonly [string, () => string, (answer: Answer) => boolean])[]) {
      it(`when a member is removed, and when it is let in again by another process: ${what}`, () =>
        again(30, { user: () => player, path }, async (server, n) => {
          if (n % 2 === 1) await join(player, 'player');
          else await expectDone(write(server, owner, 'DELETE', `/api/campaigns/${campaignId}/members/${player.id}`));
          return { by: n % 2 === 1 ? null : server, check: (answer) => expect(seen(answer)).to.equal(n % 2 === 1) };
        }));
    }

    it('when a campaign is moved to the trash, and out of it', () =>
      again(40, { user: () => player, path: () => '/api/campaigns' }, async (server, n) => {
        const path = `/api/campaigns/${campaignId}`;
        await expectDone(
          n % 2 === 0 ? write(server, owner, 'DELETE', path) : write(server, owner, 'POST', `${path}/restore`),
        );
        return { by: server, check: ({ items }) => expect(items).to.have.lengthOf(n % 2) };
      }));

    it('when another process writes', () => {
      const { campaigns, transaction } = postgresqlAdapters(elsewhere);
      return again(60, { user: () => player, path: () => `/api/campaigns/${campaignId}` }, async (_, n) => {
        await transaction.run(async () => {
          const campaign = await campaigns.getForUpdate(campaignId);
          await campaigns.save({ ...campaign, name: `By a command ${n}`, version: campaign.version + 1 });
        });
        return { by: null, check: ({ body }) => expect(body.name).to.equal(`By a command ${n}`) };
      });
    });

    it('when a sign-in ends, in any way', async () => {
      const ends: readonly ((server: RealServer, user: User) => Promise<unknown>)[] = [
        (server, { refreshToken }) => expectDone(server.call('POST', '/api/auth/logout', { body: { refreshToken } })),
        (server, user) => expectDone(write(server, user, 'POST', '/api/auth/logout-all')),
        async (server, user) => {
          const { items } = await read(server, user, '/api/auth/sign-ins');
          await expectDone(write(server, user, 'DELETE', `/api/auth/sign-ins/${String(items[0]?.id)}`));
        },
        async (server, user) => {
          const { body } = await server.call('POST', '/api/auth/login', {
            body: { email: user.email, password: PASSWORD },
          });
          const changed = { currentPassword: PASSWORD, newPassword: 'Louder Harbour 8' };
          await expectDone(server.call('POST', '/api/auth/password', { token: String(body.token), body: changed }));
        },
        (server, { id: userId }) => server.application.users.suspend({ userId }),
        (server, { id: userId }) => server.application.users.resetPassword({ userId, password: 'Louder Harbour 8' }),
      ];
      for (const [n, end] of [...ends, ...ends].entries()) {
        const user = await two.newUser();
        await join(user, 'player');
        await again(1, { user: () => user, path: () => `/api/campaigns/${campaignId}` }, async (server) => {
          const by = n < ends.length ? server : two;
          await end(by, user);
          return { by, check: ({ status }) => expect(status, `${n}`).to.equal(401) };
        });
      }
    });
  });
});

describe('with CACHE=off', () => {
  /** The names that a server gives a campaign, and what is heard of all that it does. */
  const hearsOf = async (cache: 'off' | true): Promise<readonly string[]> => {
    const server = await startRealServer({ cache });
    if ('url' in server.target) throw new Error('The tests have a PostgreSQL of their own.');
    const listener = new pg.Client({ ...server.target, ssl: false });
    const heard: string[] = [];
    listener.on('notification', ({ payload = '' }) => heard.push(payload));
    await listener.connect();
    await listener.query('listen lazy_foundry_changes');
    const { token } = await server.newUser();
    const { body } = await server.call('POST', '/api/campaigns', { token, body: { name: 'The Salt Road' } });
    const path = `/api/campaigns/${String(body.id)}`;
    for (const name of ['One', 'Two', 'Three']) {
      expect((await server.call('PATCH', path, { token, body: { name } })).status).to.equal(200);
      for (let n = 0; n < 3; n += 1) expect((await server.call('GET', path, { token })).body.name).to.equal(name);
    }
    await server.close();
    // It has sent all that it had to send, and what was sent before this comes before it.
    await listener.query("notify lazy_foundry_changes, 'last'");
    await listener.end();
    expect(heard.at(-1)).to.equal('last');
    return heard.filter((payload) => payload !== 'last');
  };

  it('nothing is notified by a write, nor by the server itself', async () => {
    expect(await hearsOf('off')).to.deep.equal([]);
    expect((await hearsOf(true)).length).to.be.greaterThan(3);
  });
});
