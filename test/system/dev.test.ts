import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { embeddedDatabaseFolder } from '../../infrastructure/database/embedded/embedded-database.ts';
import { processesIn } from '../support/cluster-processes.ts';
import { type Home, callApi, exitOf, listApi, makeHome, until } from '../support/server-process.ts';
import { cacheFolder } from '../support/test-run.ts';

const DEV = fileURLToPath(new URL('../../bin/dev.ts', import.meta.url));

describe('npm run dev', () => {
  let home: Home;
  let child: ChildProcess | null = null;
  before(async () => {
    home = await makeHome();
  });
  after(async () => {
    child?.kill();
    await until(() => processesIn(embeddedDatabaseFolder(join(home.folder, '.dev'))).length === 0);
    await home.remove();
  });

  /** From start to end, and how many campaigns who signs in with what it printed sees meanwhile. */
  async function campaignsOfOneRun(): Promise<number> {
    const { PATH = '' } = process.env;
    const env = { PATH, HOME: home.folder, XDG_CACHE_HOME: cacheFolder(), FOUNDRY_DATA_DIR: home.dataFolder };
    const run = spawn(process.execPath, [DEV, '--port', '0'], { cwd: home.folder, env });
    child = run;
    const ended = exitOf(run);
    let output = '';
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => output.includes('"server_ready"') || run.exitCode !== null);
    const [, url = ''] = /"url":"([^"]+)"/.exec(output) ?? [];
    const [, email, password] = /Sign in as (\S+) with the password (\S+)\.\n/.exec(output) ?? [];
    const { status, body, text } = await callApi(`${url}/api/auth/login`, 'POST', { body: { email, password } });
    expect(status, `${output}${text}`).to.equal(200);
    const campaigns = await listApi(`${url}/api/campaigns`, String(body.token));
    run.kill();
    await ended;
    // By the server, which would mean its user's own data.
    expect(output).to.include('"next_step"').and.not.include('npx foundry demo');
    return campaigns.length;
  }

  it('has a demo to look at, which is there once however often it starts', async () => {
    expect(await campaignsOfOneRun()).to.equal(1);
    expect(await campaignsOfOneRun()).to.equal(1);
  });

  it('touches no data but its own, whatever is configured', async () => {
    await writeFile(join(home.folder, '.env'), 'DATABASE_URL=postgresql://nobody@127.0.0.1:1/nothing\n');
    expect(await campaignsOfOneRun()).to.equal(1);
    expect(existsSync(home.dataFolder)).to.equal(false);
  });
});
