import { expect } from 'chai';
import { runFoundry } from '../support/cli-process.ts';
import {
  type Home,
  callApi,
  createCampaign,
  listApi,
  makeHome,
  registerGm,
  startServer,
} from '../support/server-process.ts';

const COMMANDS = 20;
const REQUESTS = 50;
/** That twenty processes crowd out those who hold a lock is the machine's doing: nobody is told to come back for it. */
const PATIENT = { DB_POOL_MAX: '60', DB_STATEMENT_TIMEOUT_MS: '60000', DB_LOCK_TIMEOUT_MS: '60000' };

describe('the command line and the API on one embedded database', function () {
  // Twenty processes at once, on a machine that may have two busy cores.
  this.timeout(240_000);

  let home: Home;

  beforeEach(async () => {
    home = await makeHome();
  });

  afterEach(() => home.remove());

  it('number 70 sessions without a gap or a clash that 20 commands and 50 requests schedule at once', async () => {
    const server = await startServer(home, PATIENT);
    const token = await registerGm(server.url);
    const campaignId = await createCampaign(server.url, token);
    const sessions = `${server.url}/api/campaigns/${campaignId}/sessions`;

    const commands = Array.from({ length: COMMANDS }, async (_, index) => {
      const title = `By command ${index}`;
      const args = ['session', 'schedule', '--title', title, '--campaign', campaignId, '--json'];
      const { exitCode, stdout, stderr } = await runFoundry(home, args, { env: PATIENT });
      return exitCode === 0 && stderr === ''
        ? { title, number: numberIn(stdout) }
        : { title, failure: `exit code ${exitCode ?? 'none'}: ${stdout}${stderr}` };
    });
    // Some at once, while the commands load; the others one by one as commands end, while others still write.
    const requests = Array.from({ length: REQUESTS }, async (_, index) => {
      if (index >= COMMANDS) await commands[index % COMMANDS];
      const title = `By request ${index}`;
      const { status, text } = await callApi(sessions, 'POST', { token, body: { title } });
      return status === 201 ? { title, number: numberIn(text) } : { title, failure: `${status}: ${text}` };
    });
    const outcomes = await Promise.all([...commands, ...requests]);

    expect(outcomes.filter((outcome) => 'failure' in outcome)).to.deep.equal([]);
    const stored = await listApi(sessions, token);
    expect(stored.map(({ sessionNumber }) => sessionNumber)).to.deep.equal(
      Array.from({ length: COMMANDS + REQUESTS }, (_, index) => index + 1),
    );
    // Each was told the number under which its session is stored.
    expect(stored.map(({ title, sessionNumber }) => ({ title, number: sessionNumber }))).to.have.deep.members(outcomes);
    expect(server.log().filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);

    expect(await server.stop()).to.equal(0);
    await home.expectNoPostgres();
  });

  it('let the commands go on with the database when the server beside them ends', async () => {
    const server = await startServer(home);
    const token = await registerGm(server.url);
    const campaignId = await createCampaign(server.url, token);
    const commands = Array.from({ length: 6 }, (_, index) =>
      runFoundry(home, ['session', 'schedule', '--title', `Late ${index}`, '--campaign', campaignId, '--quiet']),
    );
    await Promise.race(commands);
    expect(await server.stop()).to.equal(0);

    const results = await Promise.all(commands);
    expect(results.filter(({ exitCode, stderr }) => exitCode !== 0 || stderr !== '')).to.deep.equal([]);
    expect(new Set(results.map(({ stdout }) => stdout)).size).to.equal(6);
    await home.expectNoPostgres();
  });
});

function numberIn(text: string): unknown {
  const session: unknown = JSON.parse(text);
  return typeof session === 'object' && session !== null && 'sessionNumber' in session ? session.sessionNumber : null;
}
