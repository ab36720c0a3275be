import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CliFixture, makeCliFixture, replacing } from './cli-fixture.test.ts';

describe('foundry campaign', () => {
  let cli: CliFixture;

  beforeEach(async () => {
    cli = makeCliFixture();
    await cli.newUser('gm@example.org');
  });

  it('creates from options, and prints what the API would answer', async () => {
    const created = await cli.json([
      ...['campaign', 'create', '--name', 'The Salt Road', '--players', '5', '--level', '3'],
      ...['--system', 'Fate', '--setting', ''],
    ]);
    expect(created).to.include({ name: 'The Salt Road', playerCount: 5, partyLevel: 3, system: 'Fate', setting: null });
    expect(created).to.include({ status: 'active', role: 'owner', description: null });
  });

  it('takes the name as it stands, too', async () => {
    expect(await cli.json(['campaign', 'create', 'The Salt Road'])).to.include({ name: 'The Salt Road' });
  });

  it('names the option of a field that is missing or wrong', async () => {
    expect(await cli.run(['campaign', 'create'])).to.include({ code: 2, err: 'error: --name is required.\n' });
    expect((await cli.run(['campaign', 'create', '--name', 'x', '--players', 'many'])).err).to.contain(
      "option '--players <count>' argument 'many' is invalid. It must be a whole number.",
    );
  });

  describe('--json-file', () => {
    it('is overridden by options, and guarded like a body of the API', async () => {
      const input = JSON.stringify({ name: 'From the file', theme: 'loss', playerCount: 2 });
      const created = await cli.json(['campaign', 'create', '--json-file', '-', '--players', '6'], { input });
      expect(created).to.include({ name: 'From the file', theme: 'loss', playerCount: 6 });
      for (const wrong of ['{"name":"x","nonsense":1}', '{"name":"x","__proto__":{}}', '[]', '{"name":', 'null']) {
        const { code, out } = await cli.run(['campaign', 'create', '--json-file', '-'], { input: wrong });
        expect([code, out], wrong).to.deep.equal([2, '']);
      }
    });

    it('is read as strictly as a body of the API, in its words', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
      const file = join(folder, 'campaign.json');
      try {
        for (const [given, words] of [
          [Buffer.from('{"name":"Caf\u00e9"}', 'latin1'), 'it must be encoded in UTF-8'],
          [Buffer.from('\ufeff{"name":"x"}', 'utf16le'), 'it must be encoded in UTF-8'],
          ['{"name":"x",\n"name":"y"}', 'it must not have a key twice in one object: look at line 2, column 1'],
          ['{"name": Ossel}', 'it must be valid JSON: look at line 1, column 10'],
          ['[]', 'it must be a JSON object'],
          ['', 'it must be valid JSON: it ends too soon'],
          [`{"name":"x"}${' '.repeat(1024 * 1024)}`, 'it is larger than 1048576 bytes'],
        ] as const) {
          await writeFile(file, given);
          const { code, err, out } = await cli.run(['campaign', 'create', '--json-file', file]);
          expect([code, err, out]).to.deep.equal([2, `error: --json-file: ${words}.\n`, '']);
        }
        const endless = await cli.run(['campaign', 'create', '--json-file', '/dev/zero']);
        expect([endless.code, endless.err]).to.deep.equal([
          2,
          'error: --json-file: it is larger than 1048576 bytes.\n',
        ]);
        await writeFile(file, '\ufeff{"name":"With a mark"}');
        expect(await cli.json(['campaign', 'create', '--json-file', file])).to.include({ name: 'With a mark' });
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('reads a file, and says when there is none', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
      try {
        const file = join(folder, 'campaign.json');
        await writeFile(file, '{"name":"On disk"}');
        expect(await cli.json(['campaign', 'create', '--json-file', file])).to.include({ name: 'On disk' });
        const { code, err } = await cli.run(['campaign', 'create', '--json-file', join(folder, 'nothing')]);
        expect(code).to.equal(2);
        expect(err).to.match(/^error: --json-file: ".*nothing": there is no such file\.\n$/);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

  it('lists all of many pages, or as many as were asked for', async () => {
    for (let count = 0; count < 230; count += 1) await cli.newCampaign(`Campaign ${count}`);
    const all = await cli.json(['campaign', 'list']);
    expect(all).to.be.an('array').with.lengthOf(230);
    expect(new Set((await cli.run(['campaign', 'list', '-q'])).out.split('\n'))).to.have.lengthOf(231);
    expect(await cli.json(['campaign', 'list', '--limit', '130'])).to.have.lengthOf(130);
    expect(await cli.json(['campaign', 'list', '--search', 'Campaign 22'])).to.have.lengthOf(11);
    expect((await cli.run(['campaign', 'list', '--limit', '0'])).code).to.equal(2);
  });

  it('shows a table with the ends of the ids', async () => {
    const id = await cli.newCampaign('The Salt Road');
    const { out, err } = await cli.run(['campaign', 'list']);
    expect(out.split('\n')[0]).to.match(/^ID +NAME +STATUS +ROLE +PLAYERS +LEVEL +SYSTEM$/);
    expect(out.split('\n')[1]).to.match(new RegExp(`^${id.slice(-8)}  The Salt Road  active  owner +4 +1$`));
    expect(err).to.equal('');
  });

  it('says on stderr, not in the data, that there is none', async () => {
    expect(await cli.run(['campaign', 'list'])).to.include({ code: 0, out: '' });
    expect((await cli.run(['campaign', 'list'])).err).to.contain('foundry campaign create');
    expect(await cli.run(['campaign', 'list', '--json'])).to.include({ out: '[]\n' });
    expect(await cli.run(['campaign', 'list', '--quiet'])).to.deep.equal({ code: 0, out: '', err: '' });
  });

  it('finds a campaign by its name, its id, the end of that, or as the only one', async () => {
    const id = await cli.newCampaign('The Salt Road');
    for (const reference of [
      ['The Salt Road'],
      ['the salt road'],
      [id],
      [id.toUpperCase()],
      [id.slice(-8)],
      [id.slice(-4)],
      [],
    ]) {
      expect(await cli.json(['campaign', 'show', ...reference]), String(reference)).to.include({ id });
    }
    for (const reference of ['the salt', id.slice(-3), 'ffff', id.replace(/^0/, 'f')]) {
      expect((await cli.run(['campaign', 'show', reference])).code, reference).to.equal(3);
    }
  });

  it('lists the candidates where a reference leaves a choice', async () => {
    const first = await cli.newCampaign('Twins');
    const second = await cli.newCampaign('Twins');
    const named = await cli.run(['campaign', 'show', 'Twins']);
    expect(named.code).to.equal(2);
    expect(named.err).to.contain(first.slice(-8)).and.contain(second.slice(-8));
    const unnamed = await cli.run(['campaign', 'summary']);
    expect(unnamed.code).to.equal(2);
    expect(unnamed.err).to.contain('Which campaign?');
    expect(await cli.json(['campaign', 'show'], { env: { FOUNDRY_CAMPAIGN: first } })).to.include({ id: first });
  });

  it('changes only what is given, and refuses to change nothing', async () => {
    await cli.json(['campaign', 'create', '--name', 'The Salt Road', '--theme', 'loss', '--tone', 'grim']);
    const changed = await cli.json(['campaign', 'update', '--theme', '', '--status', 'paused']);
    expect(changed).to.include({ name: 'The Salt Road', theme: null, tone: 'grim', status: 'paused' });
    const { code, err } = await cli.run(['campaign', 'update']);
    expect(code).to.equal(2);
    expect(err).to.contain('Nothing to change').and.contain('--name');
  });

  it('lets the description be edited', async () => {
    await cli.json(['campaign', 'create', '--name', 'The Salt Road', '--description', 'old words']);
    const edit = (EDITOR: string) =>
      cli.run(['campaign', 'update', '--edit', '--json'], { env: { EDITOR, PATH: process.env.PATH } });
    expect((await edit(replacing('old', 'new'))).out).to.contain('"description": "new words"');
    expect((await edit('true')).err).to.contain('Nothing to change');
    expect((await edit('false')).err).to.contain('The editor (false) ended with 1');
    expect((await edit('')).err).to.contain('EDITOR=nano');
  });

  describe('delete', () => {
    it('needs --yes where nobody can be asked', async () => {
      const id = await cli.newCampaign('The Salt Road');
      const refused = await cli.run(['campaign', 'delete', 'The Salt Road']);
      expect(refused.code).to.equal(2);
      expect(refused.err).to.contain('The Salt Road').and.contain('--yes');
      expect((await cli.run(['campaign', 'show', id])).code).to.equal(0);
      const done = await cli.run(['campaign', 'delete', 'The Salt Road', '--yes', '--json']);
      expect(done).to.include({ code: 0, out: '' });
      expect(done.err).to.contain(`foundry campaign restore ${id}`);
    });

    it('asks on a terminal', async () => {
      const id = await cli.newCampaign('The Salt \u001b[2JRoad');
      const ask = (typed: readonly string[]) => cli.run(['campaign', 'delete', id], { terminal: true, typed });
      for (const answer of [['n'], [''], ['yeah'], []]) {
        const { code, err } = await ask(answer);
        expect(code, String(answer)).to.equal(2);
        expect(err).to.contain('Nothing was changed').and.not.contain('\u001b[2J');
      }
      expect((await ask(['y'])).code).to.equal(0);
      expect(await cli.run(['campaign', 'delete', id, '--yes', '--quiet'])).to.include({ code: 3, out: '' });
    });

    it('can be taken back by the full id', async () => {
      const id = await cli.newCampaign('The Salt Road');
      expect(await cli.run(['campaign', 'delete', id, '-y', '-q'])).to.deep.equal({ code: 0, out: `${id}\n`, err: '' });
      expect((await cli.run(['campaign', 'restore', id.slice(-8)])).code).to.equal(2);
      expect(await cli.json(['campaign', 'restore', id])).to.include({ id });
      expect(await cli.json(['campaign', 'show', id])).to.include({ name: 'The Salt Road' });
    });
  });

  it('summarizes', async () => {
    const id = await cli.newCampaign('The Salt Road');
    await cli.newSession(id, 'The Mill');
    const { out } = await cli.run(['campaign', 'summary']);
    expect(out).to.contain('0 of 1 sessions played').and.contain('#1 The Mill').and.contain('- Who opened the sluice?');
    expect(await cli.json(['campaign', 'summary', id])).to.include({ sessionsTotal: 1, members: 1 });
  });
});
