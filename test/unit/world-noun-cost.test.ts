import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the NPC is, and all that it cost: CONTRIBUTING tells how to add the next noun by these. */
const OWN = [
  'core/npcs/npc.ts',
  'adapters/operations/npcs.ts',
  'adapters/cli/npcs.ts',
  'infrastructure/database/npc-row.ts',
  'migrations/20261125100000-create-npcs.ts',
];
const EDITED = [
  'infrastructure/container/features.ts',
  'adapters/cli/program.ts',
  'adapters/operations/campaign-view.ts',
  'adapters/cli/campaign-text.ts',
];
/** These speak of NPCs too: whom the party met, an example of a name, and what there was when something began. */
const OTHERS = [
  'adapters/cli/finalize-command.ts',
  'adapters/cli/migrate.ts',
  'migrations/20261125130000-count-bytes-of-users.ts',
  'migrations/20261125141000-find-names-by-key.ts',
];

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function product(): readonly string[] {
  return ['core', 'adapters', 'infrastructure', 'bin', 'migrations']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('infrastructure/contracts/'),
    );
}

describe('a noun of the world', () => {
  it('costs five files, and a line or two in four others', () => {
    const named = product().filter((file) => /\bnpcs?\b/.test(textOf(file)));
    expect(named).to.have.members([...OWN, ...EDITED, ...OTHERS]);
  });

  it('costs two hundred lines in its files, comments aside', () => {
    const lines = OWN.flatMap((file) => textOf(file).split('\n')).filter((line) => !/^\s*(?:$|\/\/|\/?\*)/.test(line));
    expect(lines.length).to.be.at.most(200);
  });

  it('is added as CONTRIBUTING says', () => {
    const steps = textOf('CONTRIBUTING.md');
    for (const file of [...OWN, ...EDITED]) expect(steps).to.include(file);
  });
});
