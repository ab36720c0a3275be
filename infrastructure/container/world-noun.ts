import type { EntitySchema } from '@mikro-orm/postgresql';
import type { EntryOperations } from '../../adapters/operations/entry-operations.ts';
import type { Noun } from '../../core/world/entry.ts';
import { makeEntryCommands } from '../../core/world/entry-commands.ts';
import { makeEntryQueries } from '../database/entry-queries.ts';
import { makeEntryRepository } from '../database/entry-repository.ts';
import { AUDIT } from './audit.ts';
import type { Feature } from './binder.ts';
import { AUTHORIZE, MEMBERS } from './members.ts';
import { CLOCK, DATABASE, IDS, QUOTAS, READER, TRANSACTION } from './shared.ts';

/** The feature of a noun of the world. */
export function worldNoun<Own extends object, O>(
  noun: Noun<Own>,
  operations: EntryOperations<Own, O>,
  row: EntitySchema & { readonly name: string },
): Feature {
  return {
    rows: [row],
    register: ({ make, serve }) => {
      const needed = { audit: AUDIT, authorize: AUTHORIZE, members: MEMBERS, ids: IDS, clock: CLOCK };
      const services = make(
        { ...needed, transaction: TRANSACTION, database: DATABASE, quotas: QUOTAS, reader: READER },
        ({ database, quotas, reader, ...others }) => ({
          ...makeEntryCommands(noun, { ...others, entries: makeEntryRepository(database, row, quotas) }),
          queries: makeEntryQueries(reader, noun, row),
        }),
      );
      serve(Object.values({ ...operations }), services);
    },
  };
}
