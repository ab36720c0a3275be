import { expect } from 'chai';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { sharedFolder } from '../../infrastructure/database/embedded/cluster-place.ts';
import {
  embeddedDatabaseFolder,
  joinEmbeddedDatabase,
  type EmbeddedDatabase,
} from '../../infrastructure/database/embedded/embedded-database.ts';
import { EmbeddedDatabaseError } from '../../infrastructure/database/embedded/embedded-database-error.ts';
import { isRoot } from '../../infrastructure/database/embedded/postgres-account.ts';

const nobody = 65534;

interface Member {
  readonly process: ChildProcess;
  readonly started: boolean;
  readonly folder: string;
  readonly logs: string[];
  leave(): Promise<void>;
  kill(): Promise<void>;
}

describe('the embedded database', function () {
  this.timeout(30_000);

  let workshop: string;
  let parent: string;
  let data: string;
  const children = new Set<ChildProcess>();
  const clusters = new Set<string>();

  before(async () => {
    workshop = await mkdtemp(join(tmpdir(), 'foundry-'));
    chmodSync(workshop, 0o755);
    const made = await joinEmbeddedDatabase({ dataFolder: join(workshop, 'data'), applicationName: 'test' });
    await made.leave();
  });

  after(async () => {
    await rm(workshop, { recursive: true, force: true });
    // Goes if it is empty: then these tests made it.
    await rmdir(sharedFolder).catch(() => undefined);
  });

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'foundry-'));
    chmodSync(parent, 0o755);
    data = join(parent, 'data');
  });

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    for (const cluster of clusters) await destroy(cluster);
    clusters.clear();
    await rm(parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });

  it('starts a fresh cluster with settings that keep data safe and strangers out', async () => {
    const database = await joinHere();
    expect(database.started).to.equal(true);
    expect(database.folder).to.equal(embeddedDatabaseFolder(data));
    expect(statSync(database.connection.host).mode & 0o777).to.equal(0o700);
    const settings = {
      listen_addresses: '',
      fsync: 'on',
      unix_socket_permissions: '0700',
      TimeZone: 'UTC',
      server_encoding: 'UTF8',
      data_checksums: 'on',
      max_connections: '300',
      logging_collector: 'on',
      log_filename: 'postgresql-%a.log',
      log_truncate_on_rotation: 'on',
    };
    for (const [name, value] of Object.entries(settings)) {
      expect(await ask(database, 'select current_setting($1) as it', [name]), name).to.equal(value);
    }
    const locale = 'select datlocprovider::text || datlocale as it from pg_database where datname = current_database()';
    expect(await ask(database, locale)).to.equal('bC.UTF-8');
    await database.leave();
    expect(isRunning(database.folder)).to.equal(false);
  });

  it('searches words and not the typographic quotes around them', async function () {
    withCluster();
    const database = await joinHere();
    const characters = await ask(database, 'select datctype as it from pg_database where datname = current_database()');
    if (characters !== 'C') {
      expect(await ask(database, "select to_tsvector('simple', '“Dragón”—ÉPÉE')::text as it")).to.equal(
        "'dragón':1 'épée':2",
      );
    } else expect(process.platform).not.to.equal('linux');
    await database.leave();
  });

  it('gives the server neither our secrets nor our terminal', async () => {
    withCluster();
    process.env.JWT_SECRET = 'not-for-the-server';
    const database = await joinHere();
    delete process.env.JWT_SECRET;
    const pid = serverOf(database.folder);
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8'))
        .to.include('LC_ALL=C')
        .and.not.include('not-for-the-server');
      const [, , , session] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      expect(session).to.equal(`${pid}`);
    } else expect(pid).to.be.greaterThan(0);
    await database.leave();
  });

  it('adopts a running server, which the last one to leave stops, and not the first', async () => {
    withCluster();
    const first = await member();
    const second = await joinHere();
    expect([first.started, second.started]).to.deep.equal([true, false]);
    const server = serverOf(second.folder);
    await first.leave();
    expect(serverOf(second.folder)).to.equal(server);
    expect(await ask(second, 'select 1 as it')).to.equal(1);
    await second.leave();
    await second.leave();
    expect(isRunning(second.folder)).to.equal(false);
  });

  it('joins a running server without starting anything, which takes milliseconds', async () => {
    withCluster();
    const first = await joinHere();
    let spawned = 0;
    const count = (): void => {
      spawned += 1;
    };
    subscribe('child_process', count);
    const again = await joinHere();
    unsubscribe('child_process', count);
    expect([again.started, spawned]).to.deep.equal([false, 0]);
    await again.leave();
    await first.leave();
  });

  it('keeps the server for an admin who is connected, and not for own connections that are closing', async () => {
    withCluster();
    const database = await joinHere('mine');
    const guest = await connect(database, 'psql');
    await database.leave();
    expect(isRunning(database.folder)).to.equal(true);
    await guest.end();
    const again = await joinHere('mine');
    const own = await connect(again, 'mine');
    own.on('error', () => undefined);
    await again.leave();
    expect(isRunning(database.folder)).to.equal(false);
  });

  it('lets eight processes join an empty folder at once: one makes it, all work', async () => {
    const members = await Promise.all(Array.from({ length: 8 }, () => member()));
    expect(members.filter(({ started }) => started)).to.have.length(1);
    const watcher = await joinHere();
    await Promise.all(members.map((one) => one.leave()));
    expect(isRunning(watcher.folder)).to.equal(true);
    expect(readdirSync(data).filter((name) => name.includes('.new-'))).to.deep.equal([]);
    await watcher.leave();
    expect(isRunning(watcher.folder)).to.equal(false);
  });

  it('lets six joins of one process share it', async () => {
    const joined = await Promise.all(Array.from({ length: 6 }, () => joinHere()));
    expect(joined.filter(({ started }) => started)).to.have.length(1);
    await Promise.all(joined.map((one) => one.leave()));
    expect(isRunning(embeddedDatabaseFolder(data))).to.equal(false);
  });

  it('is back after kill -9 of the server', async () => {
    withCluster();
    const logs: string[] = [];
    const database = await joinHere('test', (_, text) => {
      logs.push(text);
    });
    const server = serverOf(database.folder);
    process.kill(server, 'SIGKILL');
    await until(() => logs.some((text) => text.includes('is back')));
    expect(serverOf(database.folder)).not.to.equal(server);
    expect(logs.join('\n')).to.include('lost the connection');
    expect(await ask(database, 'select 1 as it')).to.equal(1);
    await database.leave();
    expect(isRunning(database.folder)).to.equal(false);
  });

  it('leaves in order while the server is being brought back', async () => {
    withCluster();
    const warnings: string[] = [];
    const database = await joinHere('test', (level, text) => {
      if (level === 'warn') warnings.push(text);
    });
    process.kill(serverOf(database.folder), 'SIGKILL');
    await database.leave();
    await sleep(300);
    expect(warnings).to.deep.equal([]);
    expect(isRunning(database.folder)).to.equal(false);
  });

  it('recovers what was committed after kill -9 of everything', async () => {
    withCluster();
    const one = await member();
    const two = await joinHere();
    await ask(two, 'create table kept as select 7 as it');
    // Ours must go as well; a member stands for it.
    await two.leave();
    process.kill(serverOf(one.folder), 'SIGSTOP');
    await one.kill();
    process.kill(serverOf(one.folder), 'SIGKILL');
    const next = await joinHere();
    expect(next.started).to.equal(true);
    expect(await ask(next, 'select it from kept')).to.equal(7);
    await next.leave();
    expect(isRunning(next.folder)).to.equal(false);
  });

  it('starts though a stranger has the number of the killed server', async () => {
    withCluster();
    const one = await member();
    const server = serverOf(one.folder);
    process.kill(server, 'SIGSTOP');
    await one.kill();
    process.kill(server, 'SIGKILL');
    // PostgreSQL lets only those numbers stand in its way that are none of its ancestors', and its own account's.
    const { uid } = statSync(one.folder);
    const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], isRoot() ? { cwd: '/', uid } : {});
    children.add(stranger);
    const file = join(one.folder, 'postmaster.pid');
    await writeFile(file, readFileSync(file, 'utf8').replace(/^\d+/, `${stranger.pid}`));
    await writeFile(join(data, 'postgres.sock', '.s.PGSQL.5432.lock'), `${stranger.pid}\n`);
    const next = await joinHere();
    expect(next.started).to.equal(true);
    await next.leave();
  });

  it('stops the server after a client that was killed and never left', async () => {
    withCluster();
    const killed = await member();
    const database = await joinHere();
    await killed.kill();
    // Its own presence; that of the killed one PostgreSQL drops as soon as it gets to run.
    const present = `select count(*)::int as it from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
    while ((await ask(database, present)) !== 1) await sleep(10);
    await database.leave();
    expect(isRunning(database.folder)).to.equal(false);
  });

  it('does not keep a process alive, and adopts what such a process left behind', async () => {
    withCluster();
    const careless = await member('careless');
    await exitOf(careless.process);
    expect(careless.process.exitCode).to.equal(0);
    const database = await joinHere();
    expect(database.started).to.equal(false);
    await database.leave();
    expect(isRunning(database.folder)).to.equal(false);
  });

  it('makes the cluster anew after kill -9 in the middle of making it', async () => {
    const child = spawnMember('killed');
    const isBegun = (name: string): boolean =>
      name.startsWith('postgres.new-') && existsSync(join(data, name, 'PG_VERSION'));
    await until(() => existsSync(data) && readdirSync(data).some(isBegun));
    child.kill('SIGKILL');
    await exitOf(child);
    expect(existsSync(join(data, 'postgres'))).to.equal(false);
    const database = await joinHere();
    expect(await ask(database, 'select 1 as it')).to.equal(1);
    expect(readdirSync(data).filter((name) => name.includes('.new-'))).to.deep.equal([]);
    await database.leave();
  });

  it('refuses a cluster of another major version, naming both and what to do', async () => {
    withCluster();
    const database = await joinHere();
    await database.leave();
    await writeFile(join(database.folder, 'PG_VERSION'), '17\n');
    const error = await failureOf(joinHere());
    await writeFile(join(database.folder, 'PG_VERSION'), '18\n');
    expect(error).to.be.instanceOf(EmbeddedDatabaseError);
    expect(error.message).to.match(/PostgreSQL 17.*PostgreSQL 18.*dump.*move the folder away.*DATABASE_URL/);
  });

  it('refuses a folder that is not a cluster, and leaves it alone', async () => {
    await mkdir(join(data, 'postgres'), { recursive: true });
    await writeFile(join(data, 'postgres', 'letter.txt'), 'dear diary');
    const error = await failureOf(joinHere());
    expect(error).to.be.instanceOf(EmbeddedDatabaseError);
    expect(error.message).to.include('not a PostgreSQL cluster');
    expect(readdirSync(data).filter((name) => name.includes('.new-'))).to.deep.equal([]);
    expect(readFileSync(join(data, 'postgres', 'letter.txt'), 'utf8')).to.equal('dear diary');
  });

  it('writes through no link that lies in the place of a file of its own', async () => {
    withCluster();
    const database = await joinHere();
    await database.leave();
    // As postmaster.pid it names a process that is no PostgreSQL, which would be overwritten.
    const victim = join(parent, 'letter.txt');
    const letter = `${process.pid}\ndear diary\n\n5432\n`;
    await writeFile(victim, letter);
    for (const place of [
      join(data, 'postgres.lock'),
      join(data, 'postgres-start.log'),
      join(database.folder, 'postmaster.pid'),
    ]) {
      await rm(place, { force: true });
      await symlink(victim, place);
      const error = await failureOf(joinHere());
      expect(error, place).to.be.instanceOf(EmbeddedDatabaseError);
      expect(readFileSync(victim, 'utf8'), place).to.equal(letter);
      await rm(place);
    }
    await (await joinHere()).leave();
  });

  it('says what PostgreSQL said when it cannot start', async () => {
    withCluster();
    const database = await joinHere();
    await database.leave();
    await writeFile(join(database.folder, 'postgresql.auto.conf'), "shared_buffers = 'plenty'\n");
    const error = await failureOf(joinHere());
    await writeFile(join(database.folder, 'postgresql.auto.conf'), '');
    expect(error).to.be.instanceOf(EmbeddedDatabaseError);
    expect(String(error.cause)).to.include('shared_buffers');
  });

  it('puts the socket elsewhere when the path is too long for one, or odd', async () => {
    data = join(parent, `it's "a" $HOME, \`odd\``, 'x'.repeat(120));
    const database = await joinHere();
    expect(database.folder).to.include(data);
    expect(Buffer.byteLength(database.connection.host)).to.be.lessThan(90);
    expect(statSync(database.connection.host).mode & 0o777).to.equal(0o700);
    expect(await ask(database, 'select 1 as it')).to.equal(1);
    const again = await joinHere();
    expect(again.started).to.equal(false);
    await again.leave();
    await database.leave();
    await rm(database.connection.host, { recursive: true });
    data = join(parent, `it's "a" $HOME, \`odd\``);
    const odd = await joinHere();
    expect(odd.connection.host).to.equal(join(data, 'postgres.sock'));
    await odd.leave();
  });

  it('takes a data folder that PostgreSQL cannot reach, by a stand-in when we are root', async () => {
    chmodSync(parent, 0o700);
    const database = await joinHere();
    if (isRoot()) {
      expect(dirname(dirname(database.folder))).to.equal(sharedFolder);
      expect(database.folder).to.match(/tmp-foundry-\w+-data-[0-9a-f]{8}\/postgres$/);
      expect(statSync(parent).mode & 0o777).to.equal(0o700);
    } else expect(database.folder).to.equal(join(data, 'postgres'));
    const other = await member();
    expect([other.started, other.folder]).to.deep.equal([false, database.folder]);
    await other.leave();
    await database.leave();
    expect(isRunning(database.folder)).to.equal(false);
    // The way is open now: the database stays where it is all the same.
    chmodSync(parent, 0o755);
    expect(embeddedDatabaseFolder(data)).to.equal(database.folder);
  });

  it('runs as an ordinary user, in whose cluster root goes on as that user', async () => {
    if (isRoot()) chownSync(parent, nobody, nobody);
    const owner = isRoot() ? nobody : process.getuid?.();
    const ordinary = await member('ordinary', owner);
    expect(ordinary.folder).to.equal(join(data, 'postgres'));
    expect(statSync(ordinary.folder).uid).to.equal(owner);
    expect(statSync(data).mode & 0o777).to.equal(0o700);
    const root = await joinHere();
    expect(root.started).to.equal(false);
    await ordinary.leave();
    await root.leave();
    const restarted = await joinHere();
    expect(restarted.started).to.equal(true);
    const back = await member('ordinary', owner);
    await restarted.leave();
    await back.leave();
    expect((await member('ordinary', owner)).started).to.equal(true);
  });

  it('tells an ordinary user that the data folder cannot be written', async () => {
    chmodSync(parent, 0o555);
    const failure = await failureOf(member('ordinary', isRoot() ? nobody : process.getuid?.()));
    expect(failure.message).to.match(/may not write to .*FOUNDRY_DATA_DIR/);
    chmodSync(parent, 0o755);
  });

  /** Saves the tests that need no fresh cluster most of a second each; they must leave this one intact. */
  function withCluster(): void {
    data = join(workshop, 'data');
  }

  async function joinHere(
    applicationName = 'test',
    log: (level: string, message: string) => void = () => undefined,
  ): Promise<EmbeddedDatabase> {
    clusters.add(embeddedDatabaseFolder(data));
    return joinEmbeddedDatabase({ dataFolder: data, applicationName, log });
  }

  function spawnMember(name: string, uid?: number): ChildProcess {
    clusters.add(embeddedDatabaseFolder(data));
    const child = fork(fileURLToPath(new URL('../support/embedded-member.ts', import.meta.url)), [data, name], {
      cwd: '/',
      execArgv: [],
      execPath: process.execPath,
      ...(uid === undefined || !isRoot() ? {} : { uid, gid: uid }),
    });
    children.add(child);
    return child;
  }

  async function member(name = 'member', uid?: number): Promise<Member> {
    const child = spawnMember(name, uid);
    const logs: string[] = [];
    const joined = await new Promise<{ started: boolean; folder: string }>((resolve, reject) => {
      child.on('message', (message) => {
        if (typeof message !== 'object' || !('type' in message)) return;
        const text = 'text' in message ? String(message.text) : '';
        if (message.type === 'log') logs.push(text);
        if (message.type === 'failed') reject(new Error(text));
        if (message.type !== 'joined' || !('started' in message) || !('folder' in message)) return;
        resolve({ started: message.started === true, folder: String(message.folder) });
      });
      child.once('exit', (code) => {
        reject(new Error(`the member ended with ${code}`));
      });
    });
    clusters.add(joined.folder);
    return {
      ...joined,
      process: child,
      logs,
      leave: async () => {
        child.send('leave');
        await exitOf(child);
        expect(logs.filter((text) => text.includes('could not leave'))).to.deep.equal([]);
      },
      kill: async () => {
        child.kill('SIGKILL');
        await exitOf(child);
      },
    };
  }
});

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
}

async function connect({ connection }: EmbeddedDatabase, applicationName: string): Promise<Client> {
  const client = new Client({ ...connection, ssl: false, application_name: applicationName });
  await client.connect();
  return client;
}

async function ask(database: EmbeddedDatabase, sql: string, values: unknown[] = []): Promise<unknown> {
  const client = await connect(database, 'test');
  try {
    const { rows } = await client.query<{ it: unknown }>(sql, values);
    return rows[0]?.it;
  } finally {
    await client.end();
  }
}

/** Judged without the code under test: what postmaster.pid names, and is not a zombie. */
function isRunning(cluster: string): boolean {
  const pid = serverOf(cluster);
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

function serverOf(cluster: string): number {
  const file = join(cluster, 'postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(10);
  }
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

async function destroy(cluster: string): Promise<void> {
  const pid = isRunning(cluster) ? serverOf(cluster) : 0;
  if (pid > 1 && pid !== process.pid) {
    process.kill(pid, 'SIGQUIT');
    await until(() => !isRunning(cluster));
  }
  if (cluster.startsWith(`${sharedFolder}/`)) await rm(dirname(cluster), { recursive: true, force: true });
}
