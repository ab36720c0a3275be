import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expect } from 'chai';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const scripts: Readonly<Record<string, string>> = manifest.scripts;
const shelved = ['test:unit', 'test:api', 'test:system'].flatMap(filesOf).toSorted();

describe('the shelves of tests', () => {
  it('hold every test file, each in one of them', () => {
    const all = globSync('**/*.test.ts', { cwd: root, exclude: ['node_modules'] });
    expect(all).to.have.length.above(100);
    expect(shelved).to.deep.equal(all.toSorted());
  });

  it('are together what the whole run has', () => {
    expect(filesOf('test').toSorted()).to.deep.equal(shelved);
  });
});

/** What a script runs, read as mocha reads it. */
function filesOf(script: string): string[] {
  const words = [...(scripts[script] ?? '').matchAll(/"(.*?)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  const { positionals, values } = parseArgs({
    args: words.slice(1),
    allowPositionals: true,
    options: { ignore: { type: 'string', multiple: true } },
  });
  return positionals.flatMap((folder) =>
    globSync(`${folder}/**/*.test.ts`, { cwd: root, exclude: values.ignore ?? [] }),
  );
}
