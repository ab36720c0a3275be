import { expect } from 'chai';
import { type CliFixture, makeCliFixture, replacing } from './cli-fixture.test.ts';

describe('foundry session', () => {
  let cli: CliFixture;
  let campaign: string;

  beforeEach(async () => {
    cli = makeCliFixture();
    campaign = await cli.newCampaign('The Salt Road');
  });

  describe('schedule', () => {
    it('takes a date in a zone, and keeps the zone', async () => {
      const scheduled = await cli.json([
        ...['session', 'schedule', '--title', 'The Mill', '--at', '2026-12-05 19:00', '--tz', 'America/New_York'],
        ...['--duration', '240', '--gm-notes', 'secret', '--number', '7'],
      ]);
      expect(scheduled).to.include({
        campaignId: campaign,
        title: 'The Mill',
        scheduledDate: '2026-12-06T00:00:00.000Z',
        timeZone: 'America/New_York',
        durationMinutes: 240,
        gmNotes: 'secret',
        sessionNumber: 7,
      });
    });

    it("takes words, in the campaign's zone, and tells what they were taken for", async () => {
      expect(await cli.json(['session', 'schedule', 'The Mill', '--at', 'friday 19:00'])).to.include({
        scheduledDate: '2026-11-27T18:00:00.000Z',
        timeZone: 'Europe/Berlin',
      });
      await cli.run(['campaign', 'update', '--tz', 'asia/tokyo']);
      const { code, err } = await cli.run(['session', 'schedule', 'The Mill', '--at', 'friday 7pm']);
      expect([code, err]).to.deep.equal([0, '--at: Fri 27 Nov 2026 19:00 Asia/Tokyo\n']);
      expect(await cli.json(['session', 'show', '2'])).to.include({
        scheduledDate: '2026-11-27T10:00:00.000Z',
        timeZone: 'Asia/Tokyo',
      });
      const quiet = await cli.run(['session', 'schedule', 'The Mill', '--at', 'friday 7pm', '--quiet']);
      expect(quiet.err).to.equal('');
    });

    it('asks what an abbreviation means, in --at as in --tz', async () => {
      for (const [argv, said] of [
        [['--at', 'friday 19:00 EST'], /^error: --at: in "friday 19:00 EST", is EST America\/New_York, /],
        [
          ['--at', 'friday 19:00', '--tz', 'IST'],
          /^error: --tz "IST" must name a place: IST is .* Asia\/Jerusalem\?\n$/,
        ],
        [['--tz', 'BST'], /^error: --tz must name a place: BST is .* Is it Europe\/London or Asia\/Dhaka\?\n$/],
      ] as const) {
        const { code, err } = await cli.run(['session', 'schedule', 'x', ...argv]);
        expect([code, said.test(err)], err).to.deep.equal([2, true]);
      }
    });

    it('takes an instant, and the zone of a file for a date of its own', async () => {
      expect(await cli.json(['session', 'schedule', 'One', '--at', '2026-12-05T19:00:00Z'])).to.include({
        scheduledDate: '2026-12-05T19:00:00.000Z',
        timeZone: 'Europe/Berlin',
      });
      const input = '{"title":"Two","timeZone":"Asia/Tokyo","scheduledDate":"2026-01-01T00:00:00Z"}';
      expect(
        await cli.json(['session', 'schedule', '--json-file', '-', '--at', '2026-12-05 19:00'], { input }),
      ).to.include({ scheduledDate: '2026-12-05T10:00:00.000Z', timeZone: 'Asia/Tokyo' });
    });

    it('needs no date', async () => {
      expect(await cli.json(['session', 'schedule', 'One'])).to.include({
        scheduledDate: null,
        timeZone: 'Europe/Berlin',
      });
    });

    it('refuses what does not exist', async () => {
      for (const at of ['2026-02-30 19:00', '2027-03-28 02:30', '5/12/2026 19:00', '2026-12-05']) {
        const { code, out, err } = await cli.run(['session', 'schedule', 'x', '--at', at]);
        expect([code, out], at).to.deep.equal([2, '']);
        expect(err).to.match(/^error: --at: /);
      }
      const { code, err } = await cli.run(['session', 'schedule', 'x', '--tz', 'Mars/Base']);
      expect(code).to.equal(2);
      expect(err).to.match(/^error: --tz must be an IANA time zone/);
    });

    it('says that a number is taken', async () => {
      await cli.newSession(campaign, 'One');
      expect((await cli.run(['session', 'schedule', 'Two', '--number', '1'])).code).to.equal(5);
    });

    it('asks for the campaign among several', async () => {
      const other = await cli.newCampaign('Other');
      expect((await cli.run(['session', 'schedule', 'x'])).code).to.equal(2);
      expect(await cli.json(['session', 'schedule', 'x', '-c', 'Other'])).to.include({ campaignId: other });
    });
  });

  it('lists with relative dates on a terminal and plain ones in a pipe', async () => {
    await cli.run(['session', 'schedule', 'The Mill', '--at', '2026-11-27 19:00']);
    const { out } = await cli.run(['session', 'list'], { terminal: true });
    expect(out).to.contain('in 4 days, Fri 27 Nov 19:00');
    expect((await cli.run(['session', 'list'])).out).to.match(
      / +1 {2}The Mill {2}planned {2}2026-11-27T19:00\+01:00\[Europe\/Berlin\]\n$/,
    );
  });

  it("shows a time in the session's zone, and in the viewer's where that differs", async () => {
    await cli.run(['session', 'schedule', 'The Mill', '--at', '2026-11-27 19:00', '--tz', 'America/New_York']);
    const shown = async (TZ: string, argv: readonly string[]): Promise<string> =>
      (await cli.run(argv, { terminal: true, env: { TZ, NO_COLOR: '1' } })).out;
    const there = 'Fri 27 Nov 19:00 America/New_York';
    for (const argv of [
      ['session', 'list'],
      ['session', 'show', '1'],
      ['campaign', 'summary'],
    ]) {
      expect(await shown('Europe/Berlin', argv)).to.contain(`${there} (Sat 28 Nov 01:00 Europe/Berlin)`);
      expect(await shown('America/Chicago', argv)).to.contain(`${there} (18:00 America/Chicago)`);
      expect(await shown('America/Toronto', argv))
        .to.contain(there)
        .and.not.contain('Toronto');
    }
    const { out } = await cli.run(['session', 'list'], { env: { TZ: 'Europe/Berlin' } });
    expect(out).to.contain('2026-11-27T19:00-05:00[America/New_York]');
  });

  it('says what is wrong with TZ where that is needed, and only there', async () => {
    await cli.run(['session', 'schedule', 'The Mill', '--at', '2026-11-27 19:00']);
    const env = { TZ: 'CET-1CEST' };
    const refused = await cli.run(['session', 'list'], { env });
    expect(refused.code).to.equal(2);
    expect(refused.err).to.match(/^error: The environment variable TZ="CET-1CEST" is a rule/);
    expect(await cli.json(['session', 'show', '1'], { env })).to.include({ timeZone: 'Europe/Berlin' });
    expect(await cli.json(['session', 'reschedule', '1', '--at', '2026-11-28 19:00'], { env })).to.include({
      scheduledDate: '2026-11-28T18:00:00.000Z',
    });
  });

  it('narrows the list by dates, a day being a whole day', async () => {
    for (const day of ['25', '26', '27']) {
      await cli.run(['session', 'schedule', day, '--at', `2026-11-${day} 19:00`]);
    }
    const titles = async (...argv: readonly string[]): Promise<unknown> => {
      const found = await cli.json(['session', 'list', ...argv]);
      return Array.isArray(found) ? found.map(({ title }: { title: unknown }) => title) : null;
    };
    expect(await titles('--from', '2026-11-26')).to.deep.equal(['26', '27']);
    expect(await titles('--to', '2026-11-26')).to.deep.equal(['25', '26']);
    expect(await titles('--from', 'thursday 20:00'), 'a filter looks back').to.deep.equal(['25', '26', '27']);
    expect(await titles('--to', 'thursday 20:00')).to.deep.equal([]);
    expect(await titles('--from', 'this thursday 20:00')).to.deep.equal(['27']);
    expect(await titles('--from', 'this week', '--to', 'this week')).to.deep.equal(['25', '26', '27']);
    expect(await titles('--from', 'next week')).to.deep.equal([]);
    expect(await titles('--from', '2026-11-26', '--to', '2026-11-26')).to.deep.equal(['26']);
    expect(await titles('--from', '2026-11-27', '--to', '2026-11-27', '--tz', 'Asia/Tokyo')).to.deep.equal(['26']);
    expect((await cli.run(['session', 'list', '--from', 'last monday', '--quiet'])).err).to.equal('');
    expect((await cli.run(['session', 'list', '--from', 'last monday', '--to', 'today'])).err).to.equal(
      '--from: Mon 16 Nov 2026 00:00 Europe/Berlin\n--to: Mon 23 Nov 2026 23:59 Europe/Berlin\n' +
        'No session. Schedule one: foundry session schedule --title TITLE\n',
    );
    const backwards = await cli.run(['session', 'list', '--from', 'today', '--to', 'friday']);
    expect(backwards.code).to.equal(2);
    expect(backwards.err).to.match(/error: --to "friday" is before --from "today": a filter looks back/);
    expect((await cli.run(['session', 'list', '--from', 'today', '--tz', 'EST'])).err).to.match(
      /--tz "EST" must name a place/,
    );
    expect(await titles('--status', 'completed')).to.deep.equal([]);
    expect((await cli.run(['session', 'list', '--from', 'whenever'])).err).to.match(/^error: --from: /);
  });

  it('finds a session by number, id and the end of that', async () => {
    const id = await cli.newSession(campaign, 'One');
    await cli.newSession(campaign, 'Two');
    for (const reference of [
      '#1',
      '1',
      'The Salt Road#1',
      `${campaign.slice(-6)}#1`,
      id,
      id.slice(-8),
      id.slice(-8).toUpperCase(),
      id.slice(-4),
    ]) {
      expect(await cli.json(['session', 'show', reference]), reference).to.include({ id });
    }
    expect(await cli.json(['session', 'show', id.slice(-4), '--campaign', 'The Salt Road'])).to.include({ id });
    for (const reference of ['#9', 'Nowhere#1', 'fffff', 'The Salt Road#9']) {
      expect((await cli.run(['session', 'show', reference])).code, reference).to.equal(3);
    }
    expect((await cli.run(['session', 'show', 'the mill'])).code).to.equal(2);
  });

  it('needs the campaign of a bare number where there are several', async () => {
    await cli.newSession(campaign, 'One');
    const other = await cli.newSession(await cli.newCampaign('Odd #2'), 'Elsewhere');
    expect((await cli.run(['session', 'show', '#1'])).code).to.equal(2);
    expect(await cli.json(['session', 'show', '#1', '--campaign', 'Odd #2'])).to.include({ id: other });
    expect(await cli.json(['session', 'show', 'Odd #2#1'])).to.include({ id: other });
    expect(await cli.json(['session', 'show', other.slice(-5)])).to.include({ id: other });
  });

  it('shows the next one, or says that there is none', async () => {
    expect((await cli.run(['session', 'next'])).code).to.equal(3);
    const id = await cli.newSession(campaign, 'One');
    expect(await cli.json(['session', 'next'])).to.include({ id, title: 'One' });
  });

  it('goes its way: starts, is finalized, and is shown with what came of it', async () => {
    const id = await cli.newSession(campaign, 'One');
    expect(await cli.json(['session', 'start', '#1'])).to.include({ status: 'in_progress' });
    const finalized = await cli.json([
      ...['session', 'finalize', '1', '--summary', 'It went well.', '--xp', '450', '--mood', 'comedic'],
      ...['--event', 'first', '--event', 'second', '--npc', 'Pell: friendly: very', '--npc', 'Marda'],
    ]);
    expect(finalized).to.include({ id, status: 'completed' }).and.to.have.nested.property('results.xpAwarded', 450);
    expect(finalized).to.have.deep.nested.property('results.events', ['first', 'second']);
    expect(finalized).to.have.deep.nested.property('results.npcInteractions', [
      { npcId: null, name: 'Pell', note: 'friendly: very' },
      { npcId: null, name: 'Marda', note: null },
    ]);
    const { out } = await cli.run(['session', 'show', '1']);
    expect(out).to.contain('It went well.').and.contain('- second').and.contain('- Pell: friendly: very');
    expect(await cli.json(['session', 'show', '1'])).to.not.have.property('results');
    expect(await cli.json(['session', 'results', '1'])).to.include({ summary: 'It went well.', mood: 'comedic' });
    const again = await cli.run(['session', 'start', '1']);
    expect(again.code).to.equal(5);
    expect(again.err).to.contain('is completed');
  });

  it('takes results from a file, and names what is wrong with them', async () => {
    await cli.newSession(campaign, 'One');
    const input = JSON.stringify({ events: ['a', ''], npcInteractions: [{ name: 'Pell' }] });
    const { code, err } = await cli.run(['session', 'finalize', '1', '--json-file', '-'], { input });
    expect([code, err]).to.deep.equal([2, 'error: --event[1] must not be empty.\n']);
  });

  it('is cancelled and rescheduled', async () => {
    await cli.newSession(campaign, 'One');
    expect(await cli.json(['session', 'cancel', '1', '--reason', 'flu'])).to.include({
      status: 'cancelled',
      cancelledReason: 'flu',
    });
    expect((await cli.run(['session', 'reschedule', '1'])).err).to.equal('error: --at is required.\n');
    expect(await cli.json(['session', 'reschedule', '1', '--at', '2026-12-12 19:00'])).to.include({
      status: 'planned',
      scheduledDate: '2026-12-12T18:00:00.000Z',
      timeZone: 'Europe/Berlin',
    });
    expect(
      await cli.json(['session', 'reschedule', '1', '--at', '2026-12-12T10:00:00Z'], { env: { TZ: 'Asia/Tokyo' } }),
      'an instant leaves the zone as it was',
    ).to.include({ timeZone: 'Europe/Berlin', scheduledDate: '2026-12-12T10:00:00.000Z' });
    const later = ['session', 'reschedule', '1', '--at', '2026-12-13 19:00'];
    expect(await cli.json(later, { env: { TZ: 'Asia/Tokyo' } }), 'and so do words').to.include({
      timeZone: 'Europe/Berlin',
      scheduledDate: '2026-12-13T18:00:00.000Z',
    });
    expect(await cli.json([...later, '--tz', 'Asia/Tokyo'])).to.include({
      timeZone: 'Asia/Tokyo',
      scheduledDate: '2026-12-13T10:00:00.000Z',
    });
    expect(await cli.json(['session', 'update', '1', '--at', '2026-12-14 19:00'])).to.include({
      timeZone: 'Asia/Tokyo',
      scheduledDate: '2026-12-14T10:00:00.000Z',
    });
  });

  it('is reopened, one step back, and keeps what came of it', async () => {
    await cli.newSession(campaign, 'One');
    await cli.run(['session', 'start', '1']);
    await cli.run(['session', 'finalize', '1', '--summary', 'Too soon', '--xp', '450']);
    expect(await cli.json(['session', 'reopen', '1'])).to.include({ status: 'in_progress', completedDate: null });
    expect(await cli.json(['session', 'finalize', '1', '--summary', 'Now']))
      .to.have.property('results')
      .that.include({
        summary: 'Now',
        xpAwarded: 450,
      });
    await cli.run(['session', 'reopen', '1']);
    expect(await cli.json(['session', 'reopen', '1'])).to.include({ status: 'planned', startedAt: null });
    const again = await cli.run(['session', 'reopen', '1']);
    expect(again.code).to.equal(5);
    expect(again.err).to.contain('is planned, so you cannot reopen it');
  });

  it('changes what is given', async () => {
    await cli.run(['session', 'schedule', 'One', '--at', '2026-12-12 19:00', '--description', 'x']);
    expect(await cli.json(['session', 'update', '1', '--title', 'Uno', '--at', '', '--duration', ''])).to.include({
      title: 'Uno',
      scheduledDate: null,
      durationMinutes: null,
      description: 'x',
    });
    expect((await cli.run(['session', 'update', '1'])).code).to.equal(2);
  });

  it('takes FOUNDRY_TZ for dates that are typed, and moves nothing else by it', async () => {
    await cli.run(['session', 'schedule', 'One', '--at', '2026-12-12 19:00']);
    const env = { FOUNDRY_TZ: 'Asia/Tokyo' };
    expect(await cli.json(['session', 'update', '1', '--title', 'Uno'], { env })).to.include({
      timeZone: 'Europe/Berlin',
    });
    expect(await cli.json(['session', 'update', '1', '--at', '2026-12-12 19:00'], { env })).to.include({
      timeZone: 'Asia/Tokyo',
      scheduledDate: '2026-12-12T10:00:00.000Z',
    });
  });

  it('edits the notes for GMs in an editor', async () => {
    await cli.run(['session', 'schedule', 'One', '--gm-notes', 'the butler', '--description', 'x']);
    const env = { VISUAL: replacing('butler', 'gardener'), EDITOR: 'false', PATH: process.env.PATH };
    expect(await cli.json(['session', 'update', '1', '--edit-notes'], { env })).to.include({
      gmNotes: 'the gardener',
      description: 'x',
    });
  });

  it('is deleted after a question, and restored', async () => {
    const id = await cli.newSession(campaign, 'One');
    expect((await cli.run(['session', 'delete', '1'])).code).to.equal(2);
    expect((await cli.run(['session', 'delete', '1'], { terminal: true, typed: ['no'] })).code).to.equal(2);
    expect((await cli.run(['session', 'delete', '1'], { terminal: true, typed: ['yes'] })).code).to.equal(0);
    expect((await cli.run(['session', 'show', id])).code).to.equal(3);
    expect(await cli.json(['session', 'restore', id])).to.include({ id });
    expect((await cli.run(['session', 'delete', '1', '--yes', '--quiet'])).out).to.equal(`${id}\n`);
  });

  it('lets no escape code of a title or a text through to the terminal', async () => {
    await cli.run(['session', 'schedule', 'One', '--description', 'a\u001b]0;owned\u0007b']);
    const env = { NO_COLOR: '1' };
    expect((await cli.run(['session', 'show', '1'], { terminal: true, env })).out).to.not.match(/[\u001b\u0007]/);
  });
});
