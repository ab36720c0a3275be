import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { type RunningServer, runProgram, urlOf } from '../support/running-program.ts';
import { until } from '../support/server-process.ts';
import { testCluster } from '../support/test-cluster.ts';
import { runFolder } from '../support/test-run.ts';

/** The way from a command to PostgreSQL, which can be cut. */
interface Way {
  readonly url: string;
  cut(): void;
  mend(): Promise<void>;
}

describe('a text from the editor', function () {
  this.timeout(120_000);

  let folder: string;
  let way: Way;
  let other: pg.Client;
  let sessionId: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(runFolder(), 'edited-'));
    const target = await (await testCluster()).migrated();
    if ('url' in target) throw new Error('The test cluster has a socket.');
    way = await openWay(target.host, target.port, urlOf(target));
    other = new pg.Client({ ...target, ssl: false });
    await other.connect();
    await done('user', 'create', 'gm@example.org', '--username', 'the-gm');
    await done('campaign', 'create', 'The Salt Road');
    sessionId = (await done('session', 'schedule', 'One', '--quiet')).trim();
  });

  afterEach(async () => {
    way.cut();
    await other.end();
  });

  function foundry(...args: readonly string[]): Pick<RunningServer, 'child' | 'ended' | 'output'> {
    return runProgram(args, {
      DATABASE_URL: way.url,
      FOUNDRY_DATA_DIR: join(folder, 'data'),
      FOUNDRY_PASSWORD: 'Quiet-harbour-7',
      EDITOR: join(folder, 'editor'),
    });
  }

  async function done(...args: readonly string[]): Promise<string> {
    const { ended, output } = foundry(...args);
    const code = await ended;
    if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${output()}`);
    return output();
  }

  /** Begins `args`, whose editor writes and then waits. Answers how to let it go on. */
  async function editing(...args: readonly string[]): Promise<{
    readonly running: ReturnType<typeof foundry>;
    readonly leave: () => Promise<void>;
  }> {
    const [ready, go] = [join(folder, 'ready'), join(folder, 'go')];
    const commands = `#!/bin/sh\necho "Hours of work" > "$1"; touch '${ready}'; while [ ! -e '${go}' ]; do sleep 0.02; done\n`;
    await writeFile(join(folder, 'editor'), commands, { mode: 0o755 });
    const running = foundry(...args);
    await until(() => existsSync(ready));
    return { running, leave: () => writeFile(go, '') };
  }

  function expectKept(output: string): string {
    const [, file = ''] = /kept in (\S+)\. To go on with it, repeat the command with --recover \1/.exec(output) ?? [];
    expect(readFileSync(file, 'utf8'), output).to.equal('Hours of work\n');
    return file;
  }

  const description = async (): Promise<unknown> =>
    (await other.query<{ description: unknown }>('select description from sessions where id = $1', [sessionId])).rows[0]
      ?.description;

  it('is kept when the database goes away while it is written, and taken up when it is back', async () => {
    const { running, leave } = await editing('session', 'update', sessionId, '--edit');
    way.cut();
    await leave();
    expect(await running.ended).to.equal(6);
    const file = expectKept(running.output());
    await way.mend();
    await writeFile(join(folder, 'editor'), '#!/bin/sh\n', { mode: 0o755 });
    await done('session', 'update', sessionId, '--recover', file);
    expect(await description()).to.equal('Hours of work');
    expect(readdirSync(join(folder, 'data', 'drafts'))).to.deep.equal([]);
  });

  it('is kept when somebody else has locked what it belongs to', async () => {
    const { running, leave } = await editing('session', 'update', sessionId, '--edit');
    await other.query('begin');
    await other.query('select 1 from sessions for update');
    await leave();
    expect(await running.ended).to.equal(6);
    expectKept(running.output());
    await other.query('rollback');
  });

  it('is kept when Ctrl+C comes while it is being saved', async () => {
    const { running, leave } = await editing('session', 'update', sessionId, '--edit');
    await other.query('begin');
    await other.query('select 1 from sessions for update');
    await leave();
    await until(async () => {
      const waiting = await other.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'");
      return (waiting.rowCount ?? 0) > 0;
    });
    running.child.kill('SIGINT');
    expect(await running.ended).to.equal(null);
    expect(running.child.signalCode).to.equal('SIGINT');
    expect(running.output()).to.contain('Interrupted while it was saved: look whether it was.');
    expectKept(running.output());
    await other.query('rollback');
  });

  it('is the editor’s to end: Ctrl+C there ends nothing else, and what closes the terminal keeps it', async () => {
    const first = await editing('session', 'update', sessionId, '--edit');
    first.running.child.kill('SIGINT');
    await first.leave();
    expect(await first.running.ended).to.equal(0);
    expect(await description()).to.equal('Hours of work');

    await other.query("update sessions set description = 'x'");
    folder = await mkdtemp(join(runFolder(), 'edited-'));
    await mkdir(join(folder, 'data'));
    const second = await editing('session', 'update', sessionId, '--edit');
    second.running.child.kill('SIGHUP');
    await until(() => second.running.output().includes('kept in'));
    await second.leave();
    expect(await second.running.ended).to.equal(null);
    expectKept(second.running.output());
  });

  it('is saved though nobody reads what the command prints', async () => {
    const { running, leave } = await editing('session', 'update', sessionId, '--edit');
    running.child.stdout?.destroy();
    await leave();
    await running.ended;
    expect(await description()).to.equal('Hours of work');
    expect(readdirSync(join(folder, 'data', 'drafts'))).to.deep.equal([]);
  });

  it('has nothing saved before it: what is asked beforehand is taken back', async () => {
    await writeFile(join(folder, 'editor'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    for (const args of [
      ['session', 'schedule', 'Two', '--edit'],
      ['session', 'finalize', sessionId, '--edit'],
      ['npc', 'add', 'Pell', '--edit'],
      ['campaign', 'create', 'Another', '--edit'],
    ]) {
      expect(await foundry(...args).ended, args.join(' ')).to.equal(2);
    }
    for (const [table, count] of [
      ['sessions', 1],
      ['npcs', 0],
      ['campaigns', 1],
      ['session_results', 0],
    ] as const) {
      const { rows } = await other.query<{ count: number }>(`select count(*)::int as count from ${table}`);
      expect(rows[0]?.count, table).to.equal(count);
    }
    expect(JSON.parse(await done('session', 'schedule', 'Two', '--json'))).to.include({ sessionNumber: 2 });
  });
});

async function openWay(host: string, port: number, url: string): Promise<Way> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(join(host, `.s.PGSQL.${port}`));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(at, '127.0.0.1', resolve);
    });
  await listen(0);
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: url.replace(/@[^/]+\//, `@127.0.0.1:${own}/`),
    mend: () => listen(own),
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
