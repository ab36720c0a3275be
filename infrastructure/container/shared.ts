import type { EntitySchema } from '@mikro-orm/postgresql';
import type { Clock } from '../../core/shared/clock.ts';
import type { Ids } from '../../core/shared/ids.ts';
import type { Prove } from '../../core/shared/prove.ts';
import type { Transaction } from '../../core/shared/transaction.ts';
import type { Config } from '../config/config.ts';
import { ids } from '../crypto/ids.ts';
import type { Database } from '../database/database.ts';
import { type Quotas, UserUsageRow, makeQuotas } from '../database/quotas.ts';
import { type Reader, makeReader } from '../database/reader.ts';
import { type Feature, token } from './binder.ts';

/* What every feature may ask for. The first five are given when the container is built. */
export const CONFIG = token<Config>('config');
export const SECRETS = token<Secrets>('secrets');
export const DATABASE = token<Database>('database');
/** The row schemas of every feature. */
export const ROWS = token<readonly EntitySchema[]>('rows');
export const CLOCK = token<Clock>('clock');
export const IDS = token<Ids>('ids');
export const TRANSACTION = token<Transaction>('transaction');
/** Whether who was let in still is. */
export const PROVE = token<Prove>('prove');
/** For the reads of the API. */
export const READER = token<Reader>('reader');
export const QUOTAS = token<Quotas>('quotas');

/** The signing secret, and the one before it while rotating. */
export interface Secrets {
  readonly current: string;
  readonly previous: string | null;
}

export const shared: Feature = {
  rows: [UserUsageRow],
  register: ({ provide }) => {
    provide(IDS, {}, () => ids);
    provide(QUOTAS, { database: DATABASE, config: CONFIG }, ({ database, config }) =>
      makeQuotas(database, config.limits),
    );
    provide(READER, { database: DATABASE, clock: CLOCK }, makeReader);
    provide(TRANSACTION, { database: DATABASE }, ({ database }) => ({ run: (work) => database.transactional(work) }));
  },
};
