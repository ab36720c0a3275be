import { expect } from 'chai';
import { WORLD_SAMPLES } from '../../test/support/world-samples.ts';
import { makeCaller } from './caller.ts';
import { type CliFixture, type Surroundings, makeCliFixture, replacing } from './cli-fixture.test.ts';
import { entryId } from './entry-reference.ts';

const AS_PLAYER = ['--as', 'anna@example.org'];

for (const { noun, operations, options, edits, gmFields, own } of WORLD_SAMPLES) {
  const verb = noun.singular;

  describe(`foundry ${verb}`, () => {
    let cli: CliFixture;
    let campaign: string;
    beforeEach(async () => {
      cli = makeCliFixture();
      campaign = await cli.newCampaign('The Salt Road');
    });

    /** Answers its id. */
    const add = async (name: string, ...more: readonly string[]): Promise<string> => {
      const { code, out, err } = await cli.run([verb, 'add', name, '--quiet', '-c', campaign, ...more]);
      if (code !== 0) throw new Error(err);
      return out.trim();
    };
    const failure = async (
      argv: readonly string[],
      surroundings?: Surroundings,
    ): Promise<readonly [number, string]> => {
      const { code, out, err } = await cli.run(argv, surroundings);
      expect(out).to.equal('');
      return [code, err];
    };
    const typed = options.flatMap(([option, , value]) => [option, value]);
    const meant = Object.fromEntries(options.map(([, field, value]) => [field, value]));
    const valueOf = (field: string): string => String(new Map<string, unknown>(Object.entries(own)).get(field));

    describe('add', () => {
      it('takes its fields by options, and by a file what has none', async () => {
        const argv = [verb, 'add', 'Pell', ...typed, '--tag', 'one', '--tag', 'two', '--gm-notes', 'Notes'];
        const shared = { name: 'Pell', tags: ['one', 'two'], gmNotes: 'Notes', visibility: 'gm', visibleTo: [] };
        expect(await cli.json(argv)).to.deep.include({ campaignId: campaign, ...shared, ...meant });

        const input = JSON.stringify({ name: 'Of the file', ...own });
        const added = await cli.json([verb, 'add', '--json-file', '-', '--visibility', 'party'], { input });
        expect(added).to.deep.include({ name: 'Of the file', visibility: 'party', ...own });
      });

      it('tells how to show it, unless it is shown already', async () => {
        const hidden = await cli.run([verb, 'add', 'Pell']);
        expect(hidden.err).to.match(
          new RegExp(`^Only GMs see it. To show it: foundry ${verb} reveal [0-9a-f-]{36}\n$`),
        );
        expect((await cli.run([verb, 'add', 'Pell', '--visibility', 'party'])).err).to.equal('');
      });

      it('needs a name, and knows who may see it', async () => {
        expect(await failure([verb, 'add'])).to.deep.equal([2, 'error: --name is required.\n']);
        expect((await failure([verb, 'add', 'Pell', '--visibility', 'chosen']))[0]).to.equal(2);
      });
    });

    describe('list', () => {
      it('shows a table by name, or ids, or what the API answers', async () => {
        expect((await cli.run([verb, 'list'])).err).to.equal(`No ${verb}. Add one: foundry ${verb} add NAME\n`);
        const pell = await add('pell', '--visibility', 'party');
        const anno = await add('Anno');
        const { out } = await cli.run([verb, 'list']);
        const [head = '', first = '', second = ''] = out.split('\n');
        expect(head).to.match(/^ID +NAME .*SEEN BY$/);
        expect(first).to.match(new RegExp(`^${anno.slice(-8)}  Anno .*GMs only$`));
        expect(second).to.match(new RegExp(`^${pell.slice(-8)}  pell .*the party$`));
        expect((await cli.run([verb, 'list', '--quiet'])).out).to.equal(`${anno}\n${pell}\n`);
        expect((await cli.run([verb, 'list', '--quiet', '--limit', '1'])).out).to.equal(`${anno}\n`);
        expect(await cli.json([verb, 'list'])).to.have.length(2);
      });

      it('narrows by each filter', async () => {
        const pell = await add('Pell', ...typed, '--tag', 'harbour');
        await add('Anno', '--visibility', 'party');
        for (const filter of [
          ['--search', 'el'],
          ['--tag', 'harbour'],
          ['--visibility', 'gm'],
          ...noun.filters.map((field) => [`--${field}`, valueOf(field)]),
        ]) {
          expect((await cli.run([verb, 'list', '--quiet', ...filter])).out, filter.join(' ')).to.equal(`${pell}\n`);
        }
      });
    });

    describe('show', () => {
      it('finds by the name, the id and the end of the id', async () => {
        const id = await add('Pell', ...typed);
        for (const reference of ['Pell', id, id.toUpperCase(), id.slice(-8), id.slice(-8).toUpperCase()]) {
          expect(await cli.json([verb, 'show', reference]), reference).to.include({ id });
        }
        await cli.newCampaign('Another');
        expect(await cli.json([verb, 'show', id])).to.include({ id });
        expect((await failure([verb, 'show', 'Pell', '-c', 'Another']))[0]).to.equal(3);
        expect((await failure([verb, 'show', 'Pell']))[1]).to.match(/^error: Which campaign\? Name one of:/);
      });

      it('shows all that there is, and who sees it', async () => {
        await add('Pell', ...typed, '--tag', 'harbour', '--gm-notes', 'A spy.');
        const { out } = await cli.run([verb, 'show', 'Pell']);
        for (const text of ['Pell', 'harbour', 'A spy.', 'GMs only', ...options.map(([, , value]) => value)]) {
          expect(out).to.include(text);
        }
      });

      it('lets no escape code through to the terminal', async () => {
        await add('Pell', '--gm-notes', 'a\u001b]0;owned\u0007b', '--tag', 'harbour');
        const { out } = await cli.run([verb, 'show', 'Pell'], { terminal: true, env: { NO_COLOR: '1' } });
        expect(out).to.not.match(/[\u001b\u0007]/);
      });

      it('says which there are where several are meant, and what to do where there is none', async () => {
        const ids = [await add('Pell'), await add('Pell')];
        const [code, err] = await failure([verb, 'show', 'Pell']);
        expect(code).to.equal(2);
        expect(err).to.match(
          new RegExp(`^error: "Pell" is more than one ${verb}: Pell \\(.{8}\\), Pell \\(.{8}\\)\n$`),
        );
        for (const id of ids) expect(err).to.include(id.slice(-8));
        expect(await failure([verb, 'show', 'Nobody'])).to.deep.equal([
          3,
          `error: There is no ${verb} "Nobody". See which there are: foundry ${verb} list\n`,
        ]);
      });

      it('lets the server look for it, and asks for no list', async () => {
        const asked: unknown[] = [];
        const caller = makeCaller((name, { query }) => {
          asked.push([name, query]);
          return Promise.resolve({ body: [], next: null });
        });
        const look = { noun, operations };
        await entryId(caller, look, 'abcd', campaign).catch(() => null);
        await entryId(caller, look, 'Not an ending', campaign).catch(() => null);
        expect(await entryId(caller, look, campaign.toUpperCase(), undefined)).to.equal(campaign);

        const { name } = operations.list.spec;
        expect(asked).to.deep.equal([
          [name, { name: 'abcd', limit: 7 }],
          [name, { idEnding: 'abcd', limit: 7 }],
          [name, { name: 'Not an ending', limit: 7 }],
        ]);
      });
    });

    describe('update', () => {
      it('changes what is given, and empties by an empty text', async () => {
        const id = await add('Pell', ...typed, '--gm-notes', 'Notes', '--tag', 'one');
        expect(await cli.json([verb, 'update', 'Pell', '--name', 'Pella', '--gm-notes', ''])).to.deep.include({
          id,
          name: 'Pella',
          gmNotes: null,
          tags: ['one'],
          ...meant,
        });
        expect((await failure([verb, 'update', 'Pella']))[0]).to.equal(2);
      });

      for (const [option, field] of [...edits, ['--edit-notes', 'gmNotes']] as const) {
        it(`opens the editor by ${option}`, async () => {
          const input = JSON.stringify({ name: 'Pell', [field]: 'the butler' });
          await cli.run([verb, 'add', '--json-file', '-'], { input });
          const env = { EDITOR: replacing('butler', 'gardener'), PATH: process.env.PATH };
          expect(await cli.json([verb, 'update', 'Pell', option], { env })).to.include({ [field]: 'the gardener' });
        });
      }
    });

    describe('reveal and hide', () => {
      it('show it to the party, and to nobody', async () => {
        await add('Pell');
        await cli.newMember(campaign, 'anna', 'player');
        const gm = ['--as', 'gm@example.org'];
        expect((await cli.run([verb, 'show', 'Pell', ...AS_PLAYER])).code).to.equal(3);
        expect((await cli.run([verb, 'reveal', 'Pell', ...gm])).out).to.match(/^seen by +the party$/m);
        expect((await cli.run([verb, 'show', 'Pell', ...AS_PLAYER])).out).to.include('Pell');
        expect(await cli.json([verb, 'hide', 'Pell', ...gm])).to.deep.include({ visibility: 'gm', visibleTo: [] });
        expect((await cli.run([verb, 'list', ...AS_PLAYER])).out).to.equal('');
      });

      it('show it to one member after the other, by their names', async () => {
        const id = await add('Pell');
        const [anna, ben] = [
          await cli.newMember(campaign, 'anna', 'player'),
          await cli.newMember(campaign, 'ben', 'viewer'),
        ];
        const cleo = await cli.newMember(campaign, 'cleo', 'player');
        const gm = ['--as', 'gm@example.org'];
        const revealed = await cli.json([verb, 'reveal', 'Pell', '--to', 'USER-anna', '--to', 'user-ben', ...gm]);
        expect(revealed).to.deep.include({ id, visibility: 'chosen', visibleTo: [anna, ben] });
        const { out } = await cli.run([verb, 'reveal', 'Pell', '--to', 'user-cleo', ...gm]);
        expect(out).to.match(/^seen by +user-anna, user-ben, user-cleo$/m);
        expect(await cli.json([verb, 'show', id, ...gm])).to.deep.include({ visibleTo: [anna, ben, cleo] });
        expect((await cli.run([verb, 'show', 'Pell', ...AS_PLAYER])).out).to.match(/^seen by +chosen members$/m);
      });

      it('leave out nobody whom another GM shows it to at the same moment', async () => {
        const id = await add('Pell');
        const names = ['anna', 'ben', 'cleo'];
        const ids = await Promise.all(names.map((name) => cli.newMember(campaign, name, 'player')));
        const gm = ['--as', 'gm@example.org'];
        const results = await Promise.all(
          names.map((name) => cli.run([verb, 'reveal', id, '--to', `user-${name}`, ...gm])),
        );
        const shown = ids.filter((_, at) => results[at]?.code === 0);
        expect(results.map(({ code }) => code).sort()).to.deep.equal([0, 5, 5]);
        expect(await cli.json([verb, 'show', id, ...gm])).to.deep.include({ visibleTo: shown });
      });

      it('refuse a name that is no member, and to hide from the party by revealing to one of it', async () => {
        const id = await add('Pell');
        expect(await failure([verb, 'reveal', 'Pell', '--to', 'nobody'])).to.deep.equal([
          3,
          'error: "nobody" is no member of this campaign. There are: the-gm\n',
        ]);
        await cli.run([verb, 'reveal', 'Pell']);
        expect(await failure([verb, 'reveal', 'Pell', '--to', 'the-gm'])).to.deep.equal([
          2,
          `error: The whole party sees "Pell" already. To narrow that, first: foundry ${verb} hide ${id}\n`,
        ]);
      });
    });

    it('is not there for a player until it is revealed, and then without what is for GMs', async () => {
      const id = await add('Pell', ...typed, '--gm-notes', 'Notes');
      await cli.newMember(campaign, 'anna', 'player');
      for (const argv of [
        ['show', 'Pell'],
        ['show', id],
        ['show', id.slice(-8)],
        ['update', id, '--name', 'x'],
      ]) {
        expect((await failure([verb, ...argv, ...AS_PLAYER]))[0], argv.join(' ')).to.equal(3);
      }
      await cli.run([verb, 'reveal', 'Pell', '--as', 'gm@example.org']);
      const shown = await cli.json([verb, 'show', 'Pell', ...AS_PLAYER]);
      expect(shown)
        .to.include({ id })
        .and.not.to.have.any.keys('gmNotes', 'visibleTo', ...gmFields);
      expect((await failure([verb, 'update', id, '--name', 'x', ...AS_PLAYER]))[0]).to.equal(4);
    });

    it('is deleted after a question, and restored', async () => {
      const id = await add('Pell');
      expect((await cli.run([verb, 'delete', 'Pell'])).code).to.equal(2);
      expect((await cli.run([verb, 'delete', 'Pell'], { terminal: true, typed: ['no'] })).code).to.equal(2);
      const { code, err } = await cli.run([verb, 'delete', 'Pell'], { terminal: true, typed: ['yes'] });
      expect(code).to.equal(0);
      expect(err).to.include(`foundry ${verb} restore ${id}`);
      expect((await cli.run([verb, 'show', id])).code).to.equal(3);
      expect((await failure([verb, 'restore', 'Pell']))[0]).to.equal(2);
      expect(await cli.json([verb, 'restore', id])).to.include({ id });
      expect((await cli.run([verb, 'delete', 'Pell', '--yes', '--quiet'])).out).to.equal(`${id}\n`);
    });
  });
}
