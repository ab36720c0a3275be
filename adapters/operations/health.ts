import { object } from 'yup';
import type { Readiness } from '../../core/shared/readiness.ts';
import { instantText } from './instant-text.ts';
import { oneOf, shown } from './fields.ts';
import { publicOperation } from './operation.ts';
import { view } from './response.ts';

export interface HealthServices {
  readonly health: {
    readonly now: () => Date;
    readonly readiness: () => Promise<Readiness>;
  };
}

const getLive = publicOperation({
  name: 'getLive',
  summary: 'Whether the process answers; no dependency is asked',
  method: 'GET',
  path: '/health/live',
  status: 200,
  access: { public: true },
  response: view({
    schema: object({ status: oneOf(['alive']), timestamp: shown.instant() }),
    present: (now: Date) => ({ status: 'alive' as const, timestamp: instantText(now) }),
  }),
  run: ({ health }: HealthServices) => Promise.resolve(health.now()),
});

export const getReady = publicOperation({
  name: 'getReady',
  summary: 'Whether requests may be sent here',
  method: 'GET',
  path: '/health/ready',
  status: 200,
  otherStatuses: [503],
  access: { public: true },
  response: view({
    schema: object({
      status: oneOf(['ready', 'not ready']),
      database: oneOf(['connected', 'away']),
      migrations: oneOf(['current', 'pending', 'unknown']),
      cache: oneOf(['memory', 'redis', 'degraded']),
      timestamp: shown.instant(),
    }),
    present: (readiness: Readiness) => ({
      status: isReady(readiness) ? ('ready' as const) : ('not ready' as const),
      database: readiness.database,
      migrations: readiness.migrations,
      cache: readiness.cache,
      timestamp: instantText(readiness.at),
    }),
    status: (readiness) => (isReady(readiness) ? 200 : 503),
  }),
  run: ({ health }: HealthServices) => health.readiness(),
});

export const healthOperations = [getLive, getReady];

export function isReady({ open, database, migrations }: Readiness): boolean {
  return open && database === 'connected' && migrations === 'current';
}
