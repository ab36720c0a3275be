import type { Command } from 'commander';
import { DomainError } from '../../core/shared/errors.ts';
import { getReady, isReady } from '../operations/health.ts';
import { makeCursors } from '../operations/cursor.ts';
import type { Context } from './context.ts';
import type { HealthReport } from './host.ts';
import { table } from './table.ts';
import { described } from './verb.ts';

/** `foundry health` */
export function addHealthCommand(health: Command, context: Context): void {
  described(health, health.description(), ['health', 'health --json']).action(async () => {
    const report = await context.host.checkHealth();
    context.print({ data: await asTheApi(report), ids: [], text: () => checksTable(report, context) });
    if (!isReady(report.readiness)) throw new DomainError('unavailable', adviceOn(report));
  });
}

function checksTable({ checks }: HealthReport, { out, style }: Context): string {
  return table(
    [
      { head: 'CHECK', of: ({ name }) => name },
      { head: 'STATE', of: ({ ok }) => (ok ? 'ok' : 'failed'), format: ({ ok }) => (ok ? 'green' : 'red') },
      { head: 'TIME', of: ({ milliseconds }) => `${Math.round(milliseconds)} ms`, align: 'right' },
    ],
    checks,
    { width: out.width, style },
  );
}

/** What `/health/ready` answers, made by the operation itself. */
async function asTheApi({ readiness }: HealthReport): Promise<unknown> {
  const health = { now: () => readiness.at, readiness: () => Promise.resolve(readiness) };
  // It is no list: the key of its cursors is of no consequence.
  const { body } = await getReady.bind({ health }, makeCursors(new Uint8Array(32))).handle(null, {});
  return body;
}

function adviceOn({ readiness: { database, migrations } }: HealthReport): string {
  if (database === 'away') return 'Not ready: the database is away. Check DATABASE_URL and that PostgreSQL runs.';
  if (migrations === 'pending') return 'Not ready: migrations are pending. Apply them: foundry migrate up';
  return 'Not ready. Try again in a moment.';
}
