import { expect } from 'chai';
import { makeCliFixture } from './cli-fixture.test.ts';

function statuses(sessions: unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of Array.isArray(sessions) ? sessions.filter(hasStatus) : []) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function hasStatus(session: unknown): session is { readonly status: string } {
  return typeof session === 'object' && session !== null && 'status' in session;
}

describe('foundry demo', () => {
  it('creates a user, a campaign and twelve sessions where there is nothing', async () => {
    const { run, json, core } = makeCliFixture();
    const { code, out, err } = await run(['demo']);
    expect(code, err).to.equal(0);
    expect(out).to.contain('The Lanterns of Harrowmere');
    const [, password] = /User gm@example\.org was created\. Password: (\S+)/.exec(err) ?? [];
    expect(password).to.have.length.greaterThan(20);
    expect((await core.users.findByEmail('gm@example.org'))?.passwordHash).to.contain(password);
    expect(err).to.contain('foundry session list');

    const sessions = await json(['session', 'list']);
    expect(sessions).to.have.lengthOf(12);
    expect(statuses(sessions)).to.deep.equal({ completed: 7, cancelled: 1, in_progress: 1, planned: 3 });
  });

  it('plays at seven in the evening, the past before now and the planned after', async () => {
    const { run, core } = makeCliFixture();
    await run(['demo']);
    const { out } = await run(['session', 'list']);
    const lines = out.trim().split('\n').slice(1);
    for (const line of lines) {
      const [, date = ''] = /(\S+)$/.exec(line) ?? [];
      expect(date).to.match(/T19:00\+0[12]:00\[Europe\/Berlin\]$/);
      if (line.includes('completed')) expect(new Date(date.replace(/\[.*/, ''))).to.be.below(core.clock.now());
      if (line.includes('planned')) expect(new Date(date.replace(/\[.*/, ''))).to.be.above(core.clock.now());
    }
  });

  it('has results worth looking at', async () => {
    const { run } = makeCliFixture();
    await run(['demo']);
    for (let number = 1; number <= 7; number += 1) {
      const { out } = await run(['session', 'show', String(number)]);
      expect(out).to.contain('What came of it').and.contain('summary').and.contain('open threads');
    }
  });

  it('works as the user there is, and makes a second campaign, saying so', async () => {
    const { run, json, newUser } = makeCliFixture();
    await newUser('anna@example.org');
    const first = await run(['demo']);
    expect(first.err).to.not.contain('Password');
    const second = await run(['demo', '--quiet']);
    expect(second.out).to.match(/^[0-9a-f-]{36}\n$/);
    expect((await run(['demo'])).err).to.contain('already');
    expect(await json(['campaign', 'list'])).to.have.lengthOf(3);
  });

  it('asks as whom among several', async () => {
    const { run, newUser } = makeCliFixture();
    await newUser('anna@example.org');
    await newUser('ben@example.org');
    expect((await run(['demo'])).code).to.equal(2);
    expect((await run(['demo', '--as', 'ben@example.org'])).code).to.equal(0);
  });
});
