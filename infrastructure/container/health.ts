import { healthOperations } from '../../adapters/operations/health.ts';
import type { Readiness } from '../../core/shared/readiness.ts';
import { makeDatabaseReadiness } from '../database/readiness.ts';
import { type Feature, token } from './binder.ts';
import { REDIS } from './redis.ts';
import { CLOCK, DATABASE } from './shared.ts';

/** Whether requests are welcome: false until the server listens, and from the moment it is told to stop. */
export interface Door {
  open: boolean;
}

export const DOOR = token<Door>('door');
export const READINESS = token<() => Promise<Readiness>>('readiness');

export const health: Feature = {
  rows: [],
  register: ({ provide, make, serve }) => {
    provide(DOOR, {}, () => ({ open: true }));
    const asked = { database: DATABASE, redis: REDIS, clock: CLOCK, door: DOOR };
    provide(READINESS, asked, ({ database, redis, clock, door }) => {
      const databaseReadiness = makeDatabaseReadiness(database);
      return async () => {
        const [ready, cache] = await Promise.all([databaseReadiness(), redis.state()]);
        return { ...ready, cache, open: door.open, at: clock.now() };
      };
    });
    const services = make({ clock: CLOCK, readiness: READINESS }, ({ clock, readiness }) => ({
      health: { now: () => clock.now(), readiness },
    }));
    serve(healthOperations, services);
  },
};
