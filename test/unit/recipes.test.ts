import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '../..');

/** Blocks of commands, and commands within a sentence. */
const RECIPES = ['README.md', 'docs/operating.md', 'CONTRIBUTING.md'].flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/```(?:console|sh)\n([^]*?)```/g)].map(([, block = '']) => ({ file, block }));
});
/** Into a file: by the shell, or by pg_dump's own option. */
const WRITES = /^[^#\n]*?(?:(?<![<|>=2])>{1,2} ?[\w./~$"]|pg_dump [^\n]*--file )/m;
const KEEPS_TO_ITSELF = /umask 077|chmod 600|install -m 600/;

describe('the recipes of the documents', () => {
  it('make no file that others may read', () => {
    const writing = RECIPES.filter(({ block }) => WRITES.test(block));
    expect(writing).to.have.length.of.at.least(3);
    for (const { file, block } of writing) expect(block, file).to.match(KEEPS_TO_ITSELF);
  });

  it('are told apart by what they do', () => {
    for (const block of ['$ a > b', '$ a >> ~/b', '$ pg_dump x --file y', '$ a >"$b"']) expect(block).to.match(WRITES);
    for (const block of ['$ a < b', 'foo=>bar', '$ a 2>&1', '# a > b', '$ pg_restore --dbname x y']) {
      expect(block).not.to.match(WRITES);
    }
  });
});
