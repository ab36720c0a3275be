import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/* `npm run dev`: the server, started again at each change of the sources, with something to look at. */

const PROGRAM = fileURLToPath(new URL('foundry.js', import.meta.url));
const EMAIL = 'gm@example.org';
/** No secret: the data is a developer's own. */
const PASSWORD = 'Lantern-by-the-mere-7';
/** The exit code of a conflict: the user is there. */
const CONFLICT = 5;

// The checkout, where npm runs scripts. What is set here wins over .env, and an empty value counts as not set: whatever
// else a developer has configured, the data is the checkout's own.
const folder = resolve('.dev');
const env = { ...process.env, NODE_ENV: 'development', FOUNDRY_DATA_DIR: folder, DATABASE_URL: '' };

makeDemo();
process.stderr.write(
  [
    `Sign in as ${EMAIL} with the password ${PASSWORD}.`,
    'The data is in .dev; remove that folder to begin anew. The command line on it:',
    '  FOUNDRY_DATA_DIR=.dev npx foundry session list\n\n',
  ].join('\n'),
);
serve(process.argv.slice(2));

/** With its user, and once: a campaign that was deleted stays so. */
function makeDemo(): void {
  const created = foundry('user', 'create', EMAIL, '--username', 'demo-gm');
  if (created.status === CONFLICT) return;
  const failed = created.status === 0 ? foundry('demo') : created;
  if (failed.status === 0) return;
  process.stderr.write(failed.stderr);
  process.exit(1);
}

function foundry(...args: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [PROGRAM, ...args], {
    env: { ...env, FOUNDRY_USER: EMAIL, FOUNDRY_PASSWORD: PASSWORD },
    encoding: 'utf8',
  });
}

/** `--inspect` and its kin are for Node.js, other options for `foundry serve`. */
function serve(args: readonly string[]): void {
  const isForNode = (arg: string): boolean => arg.startsWith('--inspect');
  const forNode = ['--watch', '--watch-preserve-output', ...args.filter(isForNode)];
  const forServe = ['serve', ...args.filter((arg) => !isForNode(arg))];
  const server = spawn(process.execPath, [...forNode, PROGRAM, ...forServe], { env, stdio: 'inherit' });
  // Ctrl+C reaches the server as well, and this process ends after it.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => server.kill());
  server.once('close', (code) => process.exit(code ?? 1));
}
