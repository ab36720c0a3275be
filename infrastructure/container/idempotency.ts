import { IdempotencyKeyRow, makeIdempotencyStore } from '../database/idempotency-store.ts';
import { type Feature, IDEMPOTENCY } from './binder.ts';
import { MEMBERS } from './members.ts';
import { CLOCK, DATABASE, TRANSACTION } from './shared.ts';

/** What makes the POSTs of every feature safe to repeat. */
export const idempotency: Feature = {
  rows: [IdempotencyKeyRow],
  register: ({ provide, make }) => {
    const store = make({ database: DATABASE }, ({ database }) => makeIdempotencyStore(database));
    provide(
      IDEMPOTENCY,
      { store, transaction: TRANSACTION, clock: CLOCK, members: MEMBERS },
      ({ members, ...others }) => ({
        ...others,
        roleIn: async (campaignId, userId) => (await members.find(campaignId, userId))?.role ?? null,
      }),
    );
  },
};
