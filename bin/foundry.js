#!/usr/bin/env node
// Starts the CLI: from the sources in a checkout, from the build in a published package. Plain JavaScript, so that a
// Node that is too old can still say so, and the version is told without loading TypeScript.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [first] = process.argv.slice(2);

if (first === '--version' || first === '-V') {
  process.stdout.on('error', ({ code }) => fail(`Standard output cannot be written to (${code}).`));
  console.log(version);
} else if (!isSomewhere()) {
  fail('The folder that you are in is gone. Go to another one, such as by: cd');
} else if (Number(process.versions.node.split('.')[0]) < 24) {
  fail(
    `Lazy Foundry needs Node.js 24 or later; this is ${process.versions.node}.\n` +
      'In its own folder, after "npm ci", "npx foundry" brings the right one. Elsewhere install Node.js 24: https://nodejs.org',
  );
} else {
  // Compiled code is kept in the user's own cache, which nobody else can write to: it halves the time to start.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lazy-foundry'));
  module.registerHooks({ resolve: resolveNamedFile });
  const source = new URL('./foundry.ts', import.meta.url);
  const { main } = await import(existsSync(source) ? source.href : '../dist/bin/foundry.js');
  await main(process.argv.slice(2), version);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

function isSomewhere() {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

/**
 * A relative import names its file in full, and the file that imports it was found with all links resolved. Node.js would
 * look at each again, a thousand times for one command: a sixth of the time to start.
 */
function resolveNamedFile(specifier, context, next) {
  const named = context.parentURL !== undefined && /^\.\.?\/.*\.[jt]s$/.test(specifier);
  if (!named || !context.conditions.includes('import')) return next(specifier, context);
  return { url: new URL(specifier, context.parentURL).href, shortCircuit: true };
}
