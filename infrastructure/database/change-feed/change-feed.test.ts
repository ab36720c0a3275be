import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { openTestDatabase, testCluster } from '../../../test/support/test-cluster.ts';
import type { ConnectionTarget, Database } from '../database.ts';
import { makeChangeFeed } from './change-feed.ts';
import { LEASE, WRITERS_LEASE } from './lifetimes.ts';
import { type Tag, campaignTag, userTag } from './tag.ts';
import { ask } from '../../../test/support/ask.ts';

/** A process that keeps something, as far as the feed can tell. */
interface Replica {
  readonly database: Database;
  /** All that it has heard of, in order. */
  readonly heard: Tag[];
  /** What it has changed itself, and the others have yet to hear of. */
  readonly pending: Map<Tag, string>;
  readonly restarts: () => number;
  /** Of its feed, for PostgreSQL. */
  pid(): Promise<number>;
}

describe('the change feed', () => {
  let target: ConnectionTarget;
  let admin: Database;
  let opened: Database[];
  before(async () => {
    target = await (await testCluster()).migrated();
    admin = await openTestDatabase(target);
  });
  after(() => admin.close());
  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    for (const database of opened) await database.close();
    await ask(admin, 'delete from change_holders');
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
  const openReplica = async (): Promise<Replica> => {
    const database = await openWriter();
    const heard: Tag[] = [];
    const pending = new Map<Tag, string>();
    let restarts = 0;
    database.feed.hold({
      changing: (change, tags) => {
        for (const tag of tags) pending.set(tag, change);
      },
      released: (change, tags) => {
        for (const tag of tags) if (pending.get(tag) === change) pending.delete(tag);
      },
      changed: (_, tags) => heard.push(...tags),
      restarted: () => {
        restarts += 1;
      },
    });
    await until(() => database.feed.isFresh());
    return { database, heard, pending, restarts: () => restarts, pid: () => feedOf(heard, database) };
  };
  /** Known by what it last ran. */
  const feedOf = async (heard: readonly Tag[], database: Database): Promise<number> => {
    const mark = userTag(`mark-${heard.length}-${Math.random()}`);
    await database.feed.announce([mark]);
    const rows = await ask<{ pid: number }>(
      admin,
      `select pid from pg_stat_activity where datname = current_database() and query like '%change_holders%' and pid <> pg_backend_pid()`,
    );
    expect(rows.length).to.be.greaterThan(0);
    return Number(rows[0]?.pid);
  };
  const holders = async (): Promise<number> => {
    const [row] = await ask<{ n: string }>(admin, 'select count(*) as n from change_holders');
    return Number(row?.n);
  };
  const took = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };

  it('has told every replica of a change when its announcement is done, be it from a replica or not', async () => {
    const [one, two] = [await openReplica(), await openReplica()];
    const writer = await openWriter();
    for (let n = 0; n < 200; n += 1) {
      const tag = userTag(`n-${n}`);
      const from = [one.database, two.database, writer][n % 3] ?? writer;
      await from.feed.announce([tag]);
      // Whoever is not heard of by a replica that may rely on what it keeps has a stale answer.
      for (const replica of [one, two]) {
        if (replica.database.feed.isFresh()) expect(replica.heard.at(-1), `${n}`).to.equal(tag);
      }
    }
  }).timeout(60_000);

  it('is heard in the same order by all', async () => {
    const replicas = [await openReplica(), await openReplica(), await openReplica()];
    await Promise.all(
      replicas.flatMap(({ database }, from) =>
        Array.from({ length: 50 }, (_, n) => database.feed.announce([userTag(`${from}-${n}`)])),
      ),
    );
    await until(() => replicas.every(({ heard }) => heard.length >= 150));
    const [first, ...others] = replicas.map(({ heard }) => heard);
    for (const heard of others) expect(heard).to.deep.equal(first);
  });

  it('takes what changes at once together', async () => {
    const [one, two] = [await openReplica(), await openReplica()];
    const calls = Array.from({ length: 300 }, (_, n) => one.database.feed.announce([userTag(`n-${n}`)]));
    await Promise.all(calls);
    await until(() => two.heard.length >= 300);
    expect(new Set(two.heard).size).to.equal(300);
    const [row] = await ask<{ n: string }>(
      admin,
      "select count(*) as n from pg_stat_activity where datname = current_database() and query like '%pg_notify($1, $2)%'",
    );
    expect(Number(row?.n)).to.be.lessThan(5);
  });

  it('tells of any number of changes that were made together', async () => {
    const [one, two] = [await openReplica(), await openReplica()];
    const tags = Array.from({ length: 1000 }, (_, n) =>
      campaignTag(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`),
    );
    await one.database.feed.announce(tags);
    expect(two.heard).to.deep.equal(tags);
  });

  it('says at once what changes here, and releases it when the others know', async () => {
    const [one, two] = [await openReplica(), await openReplica()];
    const announced = one.database.feed.announce([userTag('a')]);
    expect([...one.pending.keys()]).to.deep.equal([userTag('a')]);
    await announced;
    expect(one.pending.size).to.equal(0);
    expect(two.heard).to.include(userTag('a'));
  });

  it('sends nothing where nobody keeps anything', async () => {
    const replica = await openReplica();
    await ask(admin, "update change_holders set seen_at = now() - interval '10 minutes'");
    const writer = await openWriter();
    await ask(admin, 'delete from change_holders');
    await writer.feed.announce([userTag('unheard')]);
    await sleep(50);
    if (replica.database.feed.isFresh()) expect(replica.heard).not.to.include(userTag('unheard'));
  });

  it('waits for a holder that does not answer no longer than its lease can last, and not at all once that is over', async () => {
    const writer = await openWriter();
    await writer.feed.announce([userTag('first')]);
    const silent = "insert into change_holders values (gen_random_uuid(), clock_timestamp() + '50 ms')";
    await ask(admin, silent);
    expect(await took(() => writer.feed.announce([userTag('a')]))).to.be.within(WRITERS_LEASE - 20, 5000);
    await sleep(100);
    expect(await took(() => writer.feed.announce([userTag('a')]))).to.be.lessThan(LEASE);
  });

  it('does not let one that does not answer hold up what is announced after it', async () => {
    const writer = await openWriter();
    await writer.feed.announce([userTag('first')]);
    await ask(admin, "insert into change_holders values (gen_random_uuid(), clock_timestamp() + '50 ms')");
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        await sleep(n * 20);
        await writer.feed.announce([userTag(`n-${n}`)]);
      }),
    );
    expect(performance.now() - begun).to.be.lessThan(3 * WRITERS_LEASE);
  });

  it('is not relied on from the moment on that its connection is lost, and begins anew', async () => {
    const one = await openReplica();
    const restarts = one.restarts();
    await ask(admin, 'select pg_terminate_backend($1)', [await one.pid()]);
    await until(() => one.restarts() > restarts || !one.database.feed.isFresh());
    await until(() => one.database.feed.isFresh());
    expect(one.restarts()).to.be.greaterThan(restarts);
    const writer = await openWriter();
    await writer.feed.announce([userTag('afterwards')]);
    expect(one.heard).to.include(userTag('afterwards'));
  });

  it('announces by another connection what it could not by one that was lost', async () => {
    const [one, two] = [await openReplica(), await openReplica()];
    for (let n = 0; n < 2; n += 1) {
      const pid = await one.pid();
      const announced = one.database.feed.announce([userTag(`n-${n}`)]);
      await ask(admin, 'select pg_terminate_backend($1)', [pid]);
      await announced;
      if (two.database.feed.isFresh()) expect(two.heard).to.include(userTag(`n-${n}`));
      await until(() => one.database.feed.isFresh() && two.database.feed.isFresh());
    }
  }).timeout(60_000);

  it("is not relied on where notifications are swallowed, as by a pooler, and is in nobody's way", async () => {
    const { host, port, user, database } = 'host' in target ? target : { host: '', port: 0, user: '', database: '' };
    const feed = makeChangeFeed({
      newClient: (stream) => {
        const client = new pg.Client({ host, port, user, database, ssl: false, stream });
        const emit = client.emit.bind(client);
        return Object.assign(client, {
          emit: (event: string, ...args: readonly unknown[]) => event === 'notification' || emit(event, ...args),
        });
      },
      warn: () => undefined,
    });
    const ignore = (): void => undefined;
    feed.hold({ changing: ignore, released: ignore, changed: ignore, restarted: ignore });
    for (let n = 0; n < 20; n += 1) {
      expect(feed.isFresh()).to.equal(false);
      await sleep(20);
    }
    await feed.close();
  });

  it('takes its leave, so that nobody waits for a replica that was closed', async () => {
    const one = await openReplica();
    expect(await holders()).to.equal(1);
    await one.database.close();
    expect(await holders()).to.equal(0);
    opened = opened.filter((each) => each !== one.database);
  });

  describe('of a transaction', () => {
    let replica: Replica;
    let writer: Database;
    beforeEach(async () => {
      replica = await openReplica();
      writer = await openWriter();
    });
    const [a, b, c] = [userTag('a'), userTag('b'), userTag('c')];
    const fault = (code: string): Error => Object.assign(new Error('fault'), { code });

    it('tells what its transactions within have changed too, once, and not before it is committed', async () => {
      await writer.transactional(async () => {
        await writer.changed(a);
        await writer.transactional(() => writer.changed(b, a));
        await sleep(20);
        expect(replica.heard).to.deep.equal([]);
      });
      expect(replica.heard).to.deep.equal([a, b]);
    });

    it('tells nothing of what was rolled back, and only of the attempt that was kept', async () => {
      const kept = await writer
        .transactional(() => writer.changed(a).then(() => Promise.reject(fault('none'))))
        .catch(() => 'failed');
      expect(kept).to.equal('failed');
      let attempts = 0;
      await writer.transactional(async () => {
        attempts += 1;
        await writer.changed(attempts === 1 ? b : c);
        if (attempts === 1) throw fault('40001');
      });
      await writer.feed.announce([userTag('last')]);
      expect(replica.heard).not.to.include(b);
      expect(replica.heard).to.include(c);
    });

    it('tells what was changed outside of one at once', async () => {
      await writer.changed(a, b);
      expect(replica.heard).to.deep.equal([a, b]);
    });

    it('says nothing where nothing was changed', async () => {
      await writer.transactional(() => Promise.resolve());
      await sleep(20);
      expect(replica.heard).to.deep.equal([]);
    });
  });
});
