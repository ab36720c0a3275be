import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { check } from 'recheck';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');

/** What it finds must not depend on chance, nor on how busy the machine is. */
const REPEATABLE = { randomSeed: 20_261_123, timeout: null, attackTimeout: null, incubationTimeout: null } as const;

interface Found {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** Every literal of the product, by the compiler's own reading: a slash in a text or a comment is none. */
async function literals(): Promise<readonly Found[]> {
  const found: Found[] = [];
  for await (const path of glob('{core,adapters,infrastructure,bin}/**/*.{ts,js}', { cwd: root })) {
    if (path.endsWith('.test.ts')) continue;
    const file = ts.createSourceFile(path, await readFile(join(root, path), 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/');
        const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
        const place = `${path}:${line + 1}`;
        found.push({ place, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

describe('regular expressions', () => {
  it('never take more than linear time', async function () {
    this.timeout(120_000);
    const found = await literals();
    expect(found.length).to.be.above(20);
    const unsafe: string[] = [];
    for (const { place, source, flags } of found) {
      const { status } = await check(source, flags, REPEATABLE);
      if (status !== 'safe') unsafe.push(`${place} is ${status}: /${source}/${flags}`);
    }
    expect(unsafe).to.deep.equal([]);
  });

  it('would be told if they did', async () => {
    expect((await check('^(a+)+$', '')).status).to.equal('vulnerable');
  });
});
