import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { openTestDatabase, testCluster } from '../../../test/support/test-cluster.ts';
import { DomainError } from '../../../core/shared/errors.ts';
import type { ConnectionTarget, Database } from '../database.ts';
import type { Statement } from '../statement.ts';
import { type ChangeFeed, makeChangeFeed } from './change-feed.ts';
import { type Tag, campaignTag, userTag } from './tag.ts';
import { ask } from '../../../test/support/ask.ts';

/** What a process that keeps something was told. */
interface Heard {
  /** The tags, in order. */
  readonly tags: string[];
  /** How often it was told of each change, by its number. */
  readonly changes: Map<string, number>;
  restarts: number;
}

interface Replica extends Heard {
  readonly database: Database;
}

describe('the change feed', () => {
  let target: ConnectionTarget;
  let admin: Database;
  let opened: { close(): Promise<void> }[];
  before(async () => {
    target = await (await testCluster()).migrated();
    admin = await openTestDatabase(target);
  });
  after(() => admin.close());
  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
  });

  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (const deadline = performance.now() + 15_000; !(await holds());) {
      await sleep(2);
      if (performance.now() > deadline) throw new Error('What was waited for did not come.');
    }
  };
  const openWriter = async (): Promise<Database> => {
    const database = await openTestDatabase(target, { announces: true });
    opened.push(database);
    return database;
  };
  const hold = (feed: ChangeFeed): Heard => {
    const heard: Heard = { tags: [], changes: new Map(), restarts: 0 };
    feed.hold({
      changed: (change, tags) => {
        heard.changes.set(change, (heard.changes.get(change) ?? 0) + 1);
        heard.tags.push(...tags);
      },
      restarted: () => {
        heard.restarts += 1;
      },
    });
    return heard;
  };
  const openReplica = async (): Promise<Replica> => {
    const database = await openWriter();
    const replica = Object.assign(hold(database.feed), { database });
    await until(() => database.feed.isFresh());
    return replica;
  };
  const viaAdmin = (statement: Statement): Promise<unknown> => admin.run(statement);
  const newClient = (): pg.Client => {
    const { host, port, user, database } = 'host' in target ? target : { host: '', port: 0, user: '', database: '' };
    return new pg.Client({ host, port, user, database, ssl: false });
  };
  /** A feed of its own, which sends by `run` and listens by `client`. */
  const openFeed = ({
    run = viaAdmin,
    client = newClient,
  }: { run?: typeof viaAdmin; client?: () => pg.Client } = {}) => {
    const feed = makeChangeFeed({ newClient: client, run, silent: false });
    opened.push(feed);
    return { feed };
  };
  /** The feeds that listen to this database, for PostgreSQL. */
  const feeds = (): Promise<readonly { pid: number; asked: Date }[]> =>
    ask(
      admin,
      `select pid, query_start as asked from pg_stat_activity
       where datname = current_database() and query ~ '^listen|as heard' and pid <> pg_backend_pid()`,
    );

  it('tells the own process of a change at once, and every other one soon, whether it keeps something or not', async () => {
    const [one, two] = [await openReplica(), await openReplica()];
    const writer = await openWriter();
    for (let n = 0; n < 200; n += 1) {
      const tag = userTag(`n-${n}`);
      const from = [one, two, null][n % 3] ?? null;
      const done = (from?.database ?? writer).changed(tag);
      if (from !== null) expect(from.tags).to.include(tag);
      await done;
      await until(() => one.tags.includes(tag) && two.tags.includes(tag));
    }
    expect([one.restarts, two.restarts]).to.deep.equal([1, 1]);
  }).timeout(60_000);

  it('tells all of a change under one number, which its echo has as well', async () => {
    const replicas = [await openReplica(), await openReplica(), await openReplica()];
    await Promise.all(
      replicas.flatMap(({ database }, from) =>
        Array.from({ length: 50 }, (_, n) => database.changed(userTag(`${from}-${n}`))),
      ),
    );
    await until(() => replicas.every(({ tags }) => tags.length >= 200));
    const [first, ...others] = replicas.map(({ changes }) => [...changes.keys()].toSorted());
    expect(first).to.have.lengthOf(150);
    for (const changes of others) expect(changes).to.deep.equal(first);
    for (const { changes } of replicas)
      expect([...changes.values()].filter((times) => times === 2)).to.have.lengthOf(50);
  });

  it('tells of any number of changes that were made together', async () => {
    const [one, two] = [await openReplica(), await openReplica()];
    const tags = Array.from({ length: 1000 }, (_, n) =>
      campaignTag(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`),
    );
    await one.database.changed(...tags, ...tags.slice(0, 10));
    expect(one.tags.slice(0, 1000)).to.deep.equal(tags);
    await until(() => two.tags.length >= 1000);
    expect(two.tags).to.deep.equal(tags);
  });

  it('sends nothing, and has no connection, where it is told that nobody keeps anything', async () => {
    const before = await feeds();
    const replica = await openReplica();
    const silent = await openTestDatabase(target);
    opened.push(silent);
    await silent.changed(userTag('alone'));
    await silent.transactional(() => silent.changed(userTag('in a transaction')));
    expect(silent.feed.announcement([userTag('asked for')])).to.equal(null);
    const writer = await openWriter();
    await writer.changed(userTag('last'));
    await until(() => replica.tags.includes(userTag('last')));
    expect(replica.tags).to.deep.equal([userTag('last')]);
    expect(await feeds()).to.have.lengthOf(before.length + 1);
  });

  it('waits for nobody: a replica that reads nothing holds up neither a writer nor another replica', async () => {
    const clients: pg.Client[] = [];
    const client = (): pg.Client => {
      const made = newClient();
      clients.push(made);
      return made;
    };
    const { feed } = openFeed({ client });
    const deaf = hold(feed);
    await until(() => feed.isFresh());
    const other = await openReplica();
    for (const { connection } of clients) connection.stream.pause();
    const writer = await openWriter();
    for (let n = 0; n < 20; n += 1) {
      await writer.changed(userTag(`n-${n}`));
      await until(() => other.tags.length > n);
    }
    expect(deaf.tags).to.deep.equal([]);
    for (const { connection } of clients) connection.stream.resume();
    await until(() => deaf.tags.length >= 20);
  });

  it('leaves no connection behind when it is closed', async () => {
    const before = await feeds();
    const { feed } = openFeed();
    hold(feed);
    await until(() => feed.isFresh());
    expect(await feeds()).to.have.lengthOf(before.length + 1);
    await feed.close();
    await until(async () => (await feeds()).length === before.length);
    expect(feed.isFresh()).to.equal(false);
  });

  describe('is relied on', () => {
    it('no more from the moment on that its connection is lost, and begins anew', async () => {
      const { feed } = openFeed();
      const heard = hold(feed);
      for (let n = 1; n <= 3; n += 1) {
        await until(() => feed.isFresh());
        expect(heard.restarts).to.equal(n);
        for (const { pid } of await feeds()) await ask(admin, 'select pg_terminate_backend($1)', [pid]);
        await until(() => !feed.isFresh());
        expect(heard.restarts).to.equal(n);
      }
      await until(() => feed.isFresh());
      await (await openWriter()).changed(userTag('afterwards'));
      await until(() => heard.tags.includes(userTag('afterwards')));
    });

    it('no more a second after the last question that was answered, and begins anew where silence goes on', async () => {
      let client = newClient();
      const { feed } = openFeed({ client: () => (client = newClient()) });
      const heard = hold(feed);
      await until(() => feed.isFresh());
      client.connection.stream.pause();
      const begun = performance.now();
      await until(() => !feed.isFresh());
      // Half a second after a question was answered the next one is asked; timers and the clock round differently.
      expect(performance.now() - begun).to.be.within(490, 1100);
      expect(heard.restarts).to.equal(1);
      await until(() => feed.isFresh());
      expect(heard.restarts).to.equal(2);
    });

    it('not by who stood still, before a question that was asked since then is answered', async () => {
      const { feed } = openFeed();
      const heard = hold(feed);
      await until(() => feed.isFresh());
      for (let n = 0; n < 5; n += 1) {
        for (const begun = performance.now(); performance.now() - begun < 150;);
        expect(feed.isFresh()).to.equal(false);
        await until(() => feed.isFresh());
      }
      // Nothing was missed: it was only late.
      expect(heard.restarts).to.equal(1);
    });

    it('not where notifications are swallowed, as by a pooler', async () => {
      const { feed } = openFeed({
        client: () => {
          const client = newClient();
          const emit = client.emit.bind(client);
          const deaf = (event: string, ...args: readonly unknown[]): boolean =>
            event === 'notification' || emit(event, ...args);
          return Object.assign(client, { emit: deaf });
        },
      });
      const heard = hold(feed);
      for (let n = 0; n < 50; n += 1) {
        expect(feed.isFresh()).to.equal(false);
        await sleep(20);
      }
      expect(heard.restarts).to.equal(0);
    });

    it('where greeting it failed at first', async () => {
      let greetings = 0;
      const { feed } = openFeed({
        run: (statement) => {
          greetings += 1;
          return greetings < 3 ? Promise.reject(new Error('lost')) : admin.run(statement);
        },
      });
      const heard = hold(feed);
      await until(() => feed.isFresh());
      expect([greetings, heard.restarts]).to.deep.equal([3, 1]);
    });

    it('at once when it is asked again after a rest, in which it asks nothing', async () => {
      const { feed } = openFeed();
      const heard = hold(feed);
      await until(() => feed.isFresh());
      await sleep(5500);
      const [before] = await feeds();
      await sleep(600);
      const [after] = await feeds();
      expect(after?.asked).to.deep.equal(before?.asked);
      expect(feed.isFresh()).to.equal(false);
      await until(() => feed.isFresh());
      expect(heard.restarts).to.equal(1);
    });
  });

  it('tries to connect less and less often where it cannot', async () => {
    let tries = 0;
    const { feed } = openFeed({
      client: () => {
        tries += 1;
        return new pg.Client({ host: '127.0.0.1', port: 1 });
      },
    });
    hold(feed);
    await sleep(1000);
    expect(tries).to.be.within(3, 6);
  });

  describe('of a transaction', () => {
    let replica: Replica;
    let writer: Database;
    beforeEach(async () => {
      replica = await openReplica();
      writer = await openWriter();
    });
    const [a, b, c, last] = [userTag('a'), userTag('b'), userTag('c'), userTag('last')];
    const fault = (code: string): Error => Object.assign(new Error('fault'), { code });
    /** As a repository does it: by a statement. */
    const change = async (database: Database, ...tags: readonly Tag[]): Promise<void> => {
      await ask(database, 'select 1');
      await database.changed(...tags);
    };
    /** All that has been told until now. */
    const told = async (): Promise<readonly string[]> => {
      await admin.run({
        name: '',
        text: `select pg_notify('lazy_foundry_changes', '000000000001 ${last}')`,
        values: [],
      });
      await until(() => replica.tags.includes(last));
      return replica.tags.filter((tag) => tag !== last);
    };

    it('tells what its transactions within have changed too, once, and not before it is committed', async () => {
      await writer.transactional(async () => {
        await change(writer, a);
        await writer.transactional(() => change(writer, b, a));
        await sleep(20);
        expect(replica.tags).to.deep.equal([]);
      });
      await until(() => replica.tags.length > 0);
      expect(await told()).to.deep.equal([a, b]);
    });

    it('tells its own process before it resolves, and not before it is committed', async () => {
      const { database, tags } = replica;
      await database.transactional(async () => {
        await change(database, a);
        expect(tags).to.deep.equal([]);
      });
      expect(tags).to.deep.equal([a]);
    });

    it('tells nothing of what was rolled back, and only of the attempt that was kept', async () => {
      const refused = new DomainError('last_owner', 'Refused.');
      const outcome = await writer
        .transactional(() => change(writer, a).then(() => Promise.reject(refused)))
        .catch((error: unknown) => error);
      expect(outcome).to.equal(refused);
      let attempts = 0;
      await writer.transactional(async () => {
        attempts += 1;
        await change(writer, attempts === 1 ? b : c);
        if (attempts === 1) throw fault('40001');
      });
      await until(() => replica.tags.length > 0);
      expect(await told()).to.deep.equal([c]);
    });

    it('tells its own process and the others where it is not known whether it has committed', async () => {
      const { database, tags } = replica;
      const other = await openReplica();
      const committed = await database
        .transactional(async () => {
          const [row] = await ask<{ pid: number }>(database, 'select pg_backend_pid() as pid');
          await database.changed(a);
          await ask(admin, 'select pg_terminate_backend($1)', [row?.pid ?? null]);
        })
        .then(
          () => true,
          () => false,
        );
      expect([committed, tags]).to.deep.equal([false, [a]]);
      await until(() => other.tags.length > 0);
      expect(other.tags).to.deep.equal([a]);
    });

    it('tells what was changed outside of one at once', async () => {
      await writer.changed(a, b);
      await until(() => replica.tags.length > 0);
      expect(await told()).to.deep.equal([a, b]);
    });

    it('says nothing where nothing was changed', async () => {
      await writer.transactional(() => Promise.resolve());
      expect(await told()).to.deep.equal([]);
    });
  });
});
