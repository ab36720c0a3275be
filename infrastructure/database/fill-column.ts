import type { Migration } from '@mikro-orm/migrations';

const BATCH = 1000;

interface Filled<T> {
  readonly table: string;
  readonly column: string;
  readonly type: 'text' | 'text[]';
  /** The column, of the same type, of which the value is made. */
  readonly from: string;
  readonly make: (value: T) => T;
  /** Whoever would have the same value as somebody else keeps what is there. */
  readonly isUnique?: boolean;
}

/**
 * For migrations without a transaction: fills a column of a table with ids by what PostgreSQL cannot compute, a thousand
 * rows at a time, so that nobody waits for a lock. It may be interrupted and begun again.
 */
export async function fillColumn<T extends string | readonly string[]>(
  migration: Pick<Migration, 'execute'>,
  { table, column, type, from, make, isUnique = false }: Filled<T>,
): Promise<void> {
  const read = `select id, to_jsonb("${from}")::text as value from "${table}" where id > ? order by id limit ${BATCH}`;
  const write =
    `update "${table}" as kept set "${column}" = made.made ` +
    `from jsonb_to_recordset(?::jsonb) as made (id uuid, value ${type}, made ${type}) ` +
    `where kept.id = made.id and kept."${from}" = made.value and kept."${column}" is distinct from made.made` +
    (isUnique ? ` and not exists (select from "${table}" as other where other."${column}" = made.made)` : '');
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await migration.execute(read, [last]);
    if (rows.length === 0) return;
    const made = rows.map(({ id, value }) => {
      // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the caller knows the column's type
      const given = JSON.parse(String(value)) as T;
      return { id: String(id), value: given, made: make(given) };
    });
    last = made.at(-1)?.id ?? last;
    const taken = isUnique ? [...new Map(made.toReversed().map((each) => [each.made, each])).values()] : made;
    await migration.execute(write, [JSON.stringify(taken)]);
  }
}
