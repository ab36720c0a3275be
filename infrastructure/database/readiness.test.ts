import { expect } from 'chai';
import { openTestDatabase, testCluster } from '../../test/support/test-cluster.ts';
import type { Database } from './database.ts';
import { migrationNames } from './migrations-folder.ts';
import { makeDatabaseReadiness } from './readiness.ts';

const AWAY = { database: 'away', migrations: 'unknown' };

/** A database whose answers come when the test gives them. */
function makeSilentDatabase(): {
  readonly database: Pick<Database, 'run'>;
  readonly asked: ((rows: object[]) => void)[];
} {
  const asked: ((rows: object[]) => void)[] = [];
  const run = (): Promise<never> =>
    new Promise((resolve) => {
      asked.push((rows) => {
        // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- rows of whatever type is asked for
        resolve({ rows, count: rows.length } as never);
      });
    });
  return { database: { run }, asked };
}

describe('the readiness of the database', () => {
  it('is away for whoever asks while the database says nothing, which is asked only once', async () => {
    const { database, asked } = makeSilentDatabase();
    const readiness = makeDatabaseReadiness(database);
    const answers = await Promise.all(Array.from({ length: 20 }, readiness));
    expect(answers).to.deep.equal(Array.from({ length: 20 }, () => AWAY));
    expect(await readiness()).to.deep.equal(AWAY);
    expect(asked).to.have.length(1);
  });

  it('is away while all connections of the pool are in use, and current when one is free again', async () => {
    const database = await openTestDatabase(await (await testCluster()).migrated(), { connections: 1 });
    const readiness = makeDatabaseReadiness(database);
    const released = Promise.withResolvers<null>();
    const held = database.transactional(async () => {
      await database.run({ text: 'select 1', values: [] });
      await released.promise;
    });
    expect(await readiness()).to.deep.equal(AWAY);
    released.resolve(null);
    await held;
    while ((await readiness()).database === 'away') await new Promise((resolve) => setImmediate(resolve));
    expect(await readiness()).to.deep.equal({ database: 'connected', migrations: 'current' });
    await database.close();
  });

  it('is told anew once the database has answered', async () => {
    const { database, asked } = makeSilentDatabase();
    const readiness = makeDatabaseReadiness(database);
    expect(await readiness()).to.deep.equal(AWAY);
    asked.shift()?.([{ present: false }]);
    while ((await readiness()).database === 'away') {
      const rows = (await migrationNames()).map((name) => ({ name, executedAt: '2026-11-23 19:00:00+00' }));
      asked.shift()?.([{ present: true }]);
      await new Promise((resolve) => setImmediate(resolve));
      asked.shift()?.(rows);
    }
    const ready = readiness();
    asked.shift()?.([{ present: false }]);
    expect(await ready).to.deep.equal({ database: 'connected', migrations: 'pending' });
  });
});
