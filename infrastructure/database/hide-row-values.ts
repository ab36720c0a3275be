import type pg from 'pg';

/** Fields of PostgreSQL's errors that repeat rows, parameters or statements: "Failing row contains (…)". */
const TELLING = ['detail', 'hint', 'where', 'internalQuery'] as const;
/** Classes whose very message quotes a value: wrong data, and syntax errors where a value stands in the statement. */
const QUOTING = /^(?:22|42601|42704|42883|P0)/;

/**
 * Takes the values of rows out of the errors of a pool's connections before anybody sees them, whoever uses them: they can
 * be password hashes, and an error finds its way into logs by many doors. What is left names the constraint, table and
 * column.
 */
export function hideRowValues(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    const query: (...args: unknown[]) => unknown = client.query.bind(client);
    Object.assign(client, {
      query: (...args: unknown[]): unknown => {
        const result = query(...args);
        return result instanceof Promise ? result.catch(rethrowWithoutValues) : result;
      },
    });
  });
}

function rethrowWithoutValues(error: unknown): never {
  throw withoutRowValues(error);
}

/** The same error, without what it told of rows. */
export function withoutRowValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  for (const field of TELLING) if (field in error) Reflect.deleteProperty(error, field);
  if (QUOTING.test(code)) {
    const { message, stack } = error;
    error.message = message.replace(/"[\s\S]*"/, '"…"');
    if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
  }
  return error;
}
