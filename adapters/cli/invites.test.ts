import { expect } from 'chai';
import { type CliFixture, makeCliFixture } from './cli-fixture.test.ts';

const GM = ['--as', 'gm@example.org'];
const ANNA = ['--as', 'anna@example.org'];

describe('foundry invite', () => {
  let cli: CliFixture;
  let campaign: string;
  beforeEach(async () => {
    cli = makeCliFixture();
    campaign = await cli.newCampaign('The Salt Road');
    await cli.newUser('anna@example.org');
  });

  const create = async (...argv: readonly string[]): Promise<{ code: string; id: string }> => {
    const made = await cli.json(['invite', 'create', ...argv, ...GM]);
    if (typeof made !== 'object' || made === null || !('code' in made) || !('id' in made)) throw new Error('no invite');
    return { code: String(made.code), id: String(made.id) };
  };

  it('makes one, and says what to do with it', async () => {
    const { code, out, err } = await cli.run(['invite', 'create', ...GM]);
    expect([code, err]).to.deep.equal([
      0,
      'Send it to them: it is not shown again. They join with: foundry invite accept CODE\n',
    ]);
    expect(out).to.match(/^http:\/\/127\.0\.0\.1:3001\/api\/invites\/[0-9a-f]{32}$/m);
    expect(out)
      .to.match(/role +player/)
      .and.to.match(/for +as many as come/);
  });

  it('is not made where its times could not be shown', async () => {
    const { code, out } = await cli.run(['invite', 'create', ...GM], { env: { TZ: 'CET-1CEST' } });
    expect([code, out]).to.deep.equal([2, '']);
    expect(await cli.json(['invite', 'list', ...GM])).to.deep.equal([]);
  });

  it('takes a role, a time and a number of people', async () => {
    const now = cli.core.clock.now().getTime();
    const made = await cli.json(['invite', 'create', '--role', 'gm', '--expires', '2d', '--uses', '1', ...GM]);
    expect(made).to.include({ role: 'gm', maxUses: 1, expiresAt: new Date(now + 48 * 3_600_000).toISOString() });
    expect(await cli.json(['invite', 'create', '--expires', 'never', ...GM])).to.include({ expiresAt: null });
    for (const wrong of ['soon', '0x2h', '2w', '-1h', '']) {
      const { code, err } = await cli.run(['invite', 'create', '--expires', wrong, ...GM]);
      expect([code, err.includes('24h or 7d, or never')], wrong).to.deep.equal([2, true]);
    }
    expect((await cli.run(['invite', 'create', '--expires', '400d', ...GM])).code).to.equal(2);
    expect((await cli.run(['invite', 'create', '--role', 'owner', ...GM])).code).to.equal(2);
  });

  it('is shown and accepted by its code, or by the address that was pasted', async () => {
    const { code } = await create('--role', 'viewer');
    const address = `http://127.0.0.1:3001/api/invites/${code}`;
    for (const given of [code, code.toUpperCase(), address, ` ${address}/ `]) {
      expect(await cli.json(['invite', 'show', given, ...ANNA])).to.deep.equal({
        campaignName: 'The Salt Road',
        role: 'viewer',
      });
    }
    const accepted = await cli.run(['invite', 'accept', address, ...ANNA]);
    expect(accepted).to.deep.equal({
      code: 0,
      out: 'You belong to the campaign, as viewer.\n',
      err: `Next: foundry campaign show ${campaign}\n`,
    });
    expect(await cli.json(['invite', 'accept', code, ...ANNA])).to.deep.equal({ campaignId: campaign, role: 'viewer' });
    expect((await cli.run(['invite', 'accept', 'dead'.repeat(8), ...ANNA])).code).to.equal(3);
  });

  it('lists those that there are, without their codes', async () => {
    expect((await cli.run(['invite', 'list', ...GM])).err).to.equal('No invite. Make one: foundry invite create\n');
    const { code, id } = await create('--uses', '3', '--expires', 'never');
    await cli.run(['invite', 'accept', code, ...ANNA]);
    const { out } = await cli.run(['invite', 'list', ...GM]);
    expect(out)
      .to.match(/^ID +ROLE +USED +EXPIRES$/m)
      .and.to.match(new RegExp(`^${id.slice(-8)} +player +1 of 3 +never$`, 'm'));
    expect(out).not.to.include(code);
  });

  it('is revoked by its code, its id or the end of that', async () => {
    for (const reference of ['code', 'id', 'ending'] as const) {
      const { code, id } = await create();
      const given = { code, id, ending: id.slice(-8).toUpperCase() }[reference];
      expect(await cli.run(['invite', 'revoke', given, ...GM])).to.deep.equal({ code: 0, out: '', err: 'Revoked.\n' });
      expect((await cli.run(['invite', 'accept', code, ...ANNA])).code).to.equal(3);
    }
    expect((await cli.run(['invite', 'revoke', 'dead', ...GM])).code).to.equal(3);
  });
});

describe('foundry member', () => {
  let cli: CliFixture;
  let anna: string;
  beforeEach(async () => {
    cli = makeCliFixture();
    anna = await cli.newMember(await cli.newCampaign('The Salt Road'), 'anna', 'player');
  });

  it('lists who belongs to the campaign', async () => {
    const { out } = await cli.run(['member', 'list', ...GM]);
    expect(out)
      .to.match(/^ID +USERNAME +ROLE +JOINED$/m)
      .and.to.match(/the-gm +owner/)
      .and.to.match(/user-anna +player/);
  });

  it('changes a role, by the user name, the id and the end of that', async () => {
    for (const [reference, role] of [
      ['USER-anna', 'gm'],
      [anna, 'viewer'],
      [anna.slice(-8), 'owner'],
    ] as const) {
      const changed = await cli.json(['member', 'update', reference, role, ...GM]);
      expect(changed).to.include({ userId: anna, role });
    }
    const { code, err } = await cli.run(['member', 'update', 'ben', 'gm', ...GM]);
    expect([code, err]).to.deep.equal([
      3,
      'error: "ben" is no member of this campaign. There are: the-gm, user-anna\n',
    ]);
    expect((await cli.run(['member', 'update', 'user-anna', 'king', ...GM])).code).to.equal(2);
  });

  it('keeps the last owner', async () => {
    expect((await cli.run(['member', 'update', 'the-gm', 'gm', ...GM])).code).to.equal(5);
    expect((await cli.run(['member', 'remove', 'the-gm', '--yes', ...GM])).code).to.equal(5);
  });

  it('removes a member once that is confirmed; and whoever wants to leaves', async () => {
    expect((await cli.run(['member', 'remove', 'user-anna', ...GM])).code).to.equal(2);
    const declined = await cli.run(['member', 'remove', 'user-anna', ...GM], { terminal: true, typed: ['n'] });
    expect(declined.code).to.equal(2);
    expect(await cli.json(['member', 'list', ...GM])).to.have.length(2);
    expect((await cli.run(['member', 'remove', 'user-anna', '--yes', ...ANNA])).code).to.equal(0);
    expect(await cli.json(['member', 'list', ...GM])).to.have.length(1);
  });
});
