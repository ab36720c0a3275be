import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../test/support/server-process.ts';
import { type CliFixture, makeCliFixture } from './cli-fixture.test.ts';

describe('what is written in the editor', () => {
  let cli: CliFixture;
  let campaign: string;
  let scripts: string;
  beforeEach(async () => {
    cli = makeCliFixture();
    campaign = await cli.newCampaign('The Salt Road');
    await cli.newSession(campaign, 'One');
    scripts = join(cli.dataFolder, "it's $HOME");
    await mkdir(scripts, { recursive: true });
  });

  /** An EDITOR of these commands, in which `$1` is the file. */
  const editor = async (commands: string): Promise<Record<string, string>> => {
    const script = join(cli.dataFolder, `editor-${readdirSync(cli.dataFolder).length}`);
    await writeFile(script, `#!/bin/sh\n${commands}\n`, { mode: 0o755 });
    return { EDITOR: script, PATH: process.env.PATH ?? '' };
  };
  const writing = (text: string): Promise<Record<string, string>> => editor(`printf '%s\\n' '${text}' > "$1"`);
  const drafts = (): readonly string[] => {
    const folder = join(cli.dataFolder, 'drafts');
    return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
  };
  const keptIn = (err: string): readonly string[] =>
    [...err.matchAll(/--recover (\S+)/g)].map(([, file = '']) => file.replace(/\\|'/g, ''));

  describe('is not asked for', () => {
    const refusals: readonly (readonly [why: string, code: number, argv: readonly string[]])[] = [
      ['a session that is not there', 3, ['session', 'update', '9', '--edit']],
      ['a session of no known id', 3, ['session', 'update', '0198a000-0000-7000-8000-00000000dead', '--edit']],
      ['an option that is wrong', 2, ['session', 'update', '1', '--duration', '0', '--edit']],
      ['a title that is missing', 2, ['session', 'schedule', '--edit']],
      ['a number that is taken', 5, ['session', 'schedule', 'Two', '--number', '1', '--edit']],
      ['a zone that there is not', 2, ['session', 'schedule', 'Two', '--tz', 'Mars/Olympus', '--edit']],
      ['a number of another session', 5, ['session', 'update', '2', '--number', '1', '--edit-notes']],
      ['a session that was cancelled', 5, ['session', 'finalize', '2', '--edit']],
      ['more deaths than there can be', 2, ['session', 'finalize', '1', '--deaths', '99999', '--edit']],
      ['a player', 4, ['session', 'update', '1', '--edit', '--as', 'anna@example.org']],
      ['a player who schedules', 4, ['session', 'schedule', 'Two', '--edit', '--as', 'anna@example.org']],
      ['a player who adds an NPC', 4, ['npc', 'add', 'Pell', '--edit', '--as', 'anna@example.org']],
      ['a player who changes the campaign', 4, ['campaign', 'update', '--edit', '--as', 'anna@example.org']],
      ['nobody', 3, ['session', 'update', '1', '--edit', '--as', 'nobody@example.org']],
      ['a name of an NPC that is missing', 2, ['npc', 'add', '--edit']],
      ['too many players', 2, ['campaign', 'create', 'B', '--players', '99', '--edit']],
      ['a text that was not kept', 2, ['session', 'update', '1', '--edit', '--recover', '/nowhere/description.md']],
    ];
    for (const [why, code, argv] of refusals) {
      it(`for ${why}`, async () => {
        await cli.newSession(campaign, 'Two');
        await cli.run(['session', 'cancel', '2', '-c', campaign]);
        await cli.newMember(campaign, 'anna', 'player');
        const opened = join(cli.dataFolder, 'opened');
        const env = { FOUNDRY_USER: 'gm@example.org', ...(await editor(`touch '${opened}'`)) };
        const result = await cli.run(argv, { env });
        expect([result.code, existsSync(opened)], result.err).to.deep.equal([code, false]);
        expect(drafts()).to.deep.equal([]);
      });
    }

    it('and leaves no trace of having asked', async () => {
      const before = await cli.json(['session', 'show', '1']);
      await cli.run(['session', 'finalize', '1', '--xp', '5', '--edit'], { env: await editor('exit 1') });
      expect(await cli.json(['session', 'show', '1'])).to.deep.equal(before);
    });
  });

  it('is saved, and no copy of it stays', async () => {
    const env = await editor('cp "$1" "$1~"; echo "The mill is dry." > "$1"');
    expect(await cli.json(['session', 'update', '1', '--edit'], { env })).to.include({
      description: 'The mill is dry.',
    });
    expect(drafts()).to.deep.equal([]);
  });

  it('is kept where it cannot be saved, for the user alone, and taken up again', async () => {
    const env = await editor(`head -c 100001 /dev/zero | tr '\\0' x > "$1"`);
    const { code, err, out } = await cli.run(['session', 'update', '1', '--edit', '--title', 'Two'], { env });
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.match(/^error: --description [^\n]+\nWhat you wrote is kept in [^\n]+description\.md\. [^\n]+\n$/);
    const [file = ''] = keptIn(err);
    expect(readFileSync(file, 'utf8')).to.have.length(100_001);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).to.equal(0o700);
    expect(await cli.json(['session', 'show', '1'])).to.include({ title: 'One', description: null });

    // Without --edit: the file's name says what it is.
    const shorter = await editor('printf short > "$1.new" && mv "$1.new" "$1"');
    const saved = await cli.json(['session', 'update', '1', '--recover', file], { env: shorter });
    expect(saved).to.include({ description: 'short', gmNotes: null });
    expect(drafts()).to.deep.equal([]);
  });

  it('is kept where the editor fails after it was written, and not where nothing was', async () => {
    const written = await cli.run(['session', 'update', '1', '--edit'], {
      env: await editor('echo words > "$1"; exit 3'),
    });
    expect(written.err).to.contain('ended with 3').and.contain('kept in');
    expect(readFileSync(keptIn(written.err)[0] ?? '', 'utf8')).to.equal('words\n');
    const killed = await cli.run(['session', 'update', '1', '--edit'], {
      env: await editor('echo words > "$1"; kill $$'),
    });
    expect(killed.err)
      .to.match(/ended with (?:143|SIGTERM)/)
      .and.contain('kept in');
    for (const commands of ['exit 3', 'rm "$1"; exit 3', 'rm "$1"']) {
      const { code, err } = await cli.run(['session', 'update', '1', '--edit'], { env: await editor(commands) });
      expect([code, err.includes('kept in')], commands).to.deep.equal([2, false]);
    }
    expect(drafts().filter((name) => name.endsWith('.md'))).to.have.length(2);
  });

  it('is kept, and not saved with holes, where it is in another encoding', async () => {
    const env = await editor(`printf 'M\\374hle' > "$1"`);
    const { code, err } = await cli.run(['session', 'update', '1', '--edit'], { env });
    expect([code, err.split('\n')[0]]).to.deep.equal([2, 'error: Your text: it must be encoded in UTF-8.']);
    const [file = ''] = keptIn(err);
    expect(readFileSync(file, 'latin1')).to.equal('Mühle');
    const again = await cli.run(['session', 'update', '1', '--recover', file], { env });
    expect([again.code, again.err]).to.deep.equal([2, 'error: --recover: it must be encoded in UTF-8.\n']);
    expect(await cli.json(['session', 'show', '1'])).to.include({ description: null });
  });

  it('tells how to name an editor that is there', async () => {
    const env = { EDITOR: 'no-such-editor --wait', PATH: process.env.PATH };
    const { code, err } = await cli.run(['session', 'update', '1', '--edit'], { env });
    expect([code, err]).to.deep.equal([
      2,
      'error: The editor (no-such-editor --wait) cannot be run. Set VISUAL or EDITOR, such as EDITOR=nano.\n',
    ]);
  });

  it('goes in two texts, of which each is kept and taken up', async () => {
    await cli.newSession(campaign, 'Two');
    const both = await editor(
      'case "$1" in *gmSummary.md) head -c 100001 /dev/zero | tr "\\0" x > "$1";; *) echo Done. > "$1";; esac',
    );
    const { code, err } = await cli.run(['session', 'finalize', '2', '--edit', '--edit-notes'], { env: both });
    expect(code).to.equal(2);
    const files = keptIn(err);
    expect(files.map((file) => /\w+\.md$/.exec(file)?.[0])).to.deep.equal(['summary.md', 'gmSummary.md']);
    const asKept = await editor('case "$1" in *gmSummary.md) echo secret > "$1";; esac');
    const recover = files.flatMap((file) => ['--recover', file]);
    const finalized = await cli.json(['session', 'finalize', '2', ...recover], { env: asKept });
    expect(finalized).to.deep.include({ status: 'completed' });
    expect(finalized).to.have.nested.include({ 'results.summary': 'Done.', 'results.gmSummary': 'secret' });
    expect(drafts()).to.deep.equal([]);
  });

  it('is taken up from any file, which stays', async () => {
    const file = join(scripts, 'my notes.md');
    await writeFile(file, 'From a file of mine\n');
    const env = { EDITOR: 'true', PATH: process.env.PATH };
    const unclear = await cli.run(['session', 'update', '1', '--recover', file], { env });
    expect([unclear.code, unclear.err]).to.deep.equal([
      2,
      `error: --recover: which text is in "${file}"? Say so by --edit or --edit-notes, one of them at a time.\n`,
    ]);
    expect(await cli.json(['session', 'update', '1', '--edit-notes', '--recover', file], { env })).to.include({
      gmNotes: 'From a file of mine',
    });
    expect(existsSync(file)).to.equal(true);
  });

  it('is refused where somebody else changed the same meanwhile: both texts are shown, and one is kept', async () => {
    await cli.run(['session', 'update', '1', '--description', 'as it was']);
    const [ready, go] = [join(cli.dataFolder, 'ready'), join(cli.dataFolder, 'go')];
    const waits = `echo mine > "$1"; touch '${ready}'; while [ ! -e '${go}' ]; do sleep 0.02; done`;
    const running = cli.run(['session', 'update', '1', '--edit'], { env: await editor(waits) });
    await until(() => existsSync(ready));
    await cli.run(['session', 'update', '1', '--description', 'theirs']);
    await writeFile(go, '');
    const { code, err, out } = await running;
    expect([code, out]).to.deep.equal([5, '']);
    expect(err).to.match(
      /^error: Somebody changed this .*\n--- --edit: as it is now\ntheirs\n--- --edit: as you wrote it\nmine\n---\nWhat you wrote is kept in /,
    );
    expect(await cli.json(['session', 'show', '1'])).to.include({ description: 'theirs' });
    const env = { EDITOR: 'true', PATH: process.env.PATH };
    const recovered = await cli.json(['session', 'update', '1', '--recover', keptIn(err)[0] ?? ''], { env });
    expect(recovered).to.include({ description: 'mine' });
  });

  it('is kept among the temporary files where the data folder cannot be used', async () => {
    const host = { dataFolder: () => Promise.resolve('/dev/null/data') };
    const env = await editor('echo words > "$1"; exit 1');
    const { err } = await cli.run(['session', 'update', '1', '--edit'], { env, host });
    const [file = ''] = keptIn(err);
    expect(readFileSync(file, 'utf8')).to.equal('words\n');
    const saved = await cli.json(['session', 'update', '1', '--recover', file], { env: await writing('done') });
    expect(saved).to.include({ description: 'done' });
    expect(existsSync(join(file, '..'))).to.equal(false);
  });

  it('lets no escape code of theirs through to the terminal', async () => {
    const theirs = 'x\u001b]0;owned\u0007';
    const [ready, go] = [join(cli.dataFolder, 'ready'), join(cli.dataFolder, 'go')];
    const waits = `echo mine > "$1"; touch '${ready}'; while [ ! -e '${go}' ]; do sleep 0.02; done`;
    const running = cli.run(['campaign', 'update', '--edit'], { env: await editor(waits) });
    await until(() => existsSync(ready));
    await cli.run(['campaign', 'update', '--description', theirs]);
    await writeFile(go, '');
    expect((await running).err)
      .to.contain('mine')
      .and.not.match(/[\u001b\u0007]/);
  });
});
