import { expect } from 'chai';
import { object } from 'yup';
import { DomainError, notFound } from '../../core/shared/errors.ts';
import type { LogFields } from '../../core/shared/logger.ts';
import { endpointPipeline } from './endpoint-pipeline.ts';
import { type Endpoint, operation } from './operation.ts';
import { nothing } from './response.ts';

const ACTOR = { userId: '0198a000-0000-7000-8000-000000000001', signInId: null, scopes: null };

/** What a driver throws. */
class DriverError extends Error {}

describe('the pipeline of an endpoint', () => {
  let steps: string[];
  let lines: string[];
  /** How the operation ends, and how its transaction. */
  let ends: { run?: Error; commit?: Error };
  beforeEach(() => {
    steps = [];
    lines = [];
    ends = {};
  });

  const note =
    (level: string) =>
    (event: string, { operation: name, sqlState }: LogFields = {}): void => {
      lines.push([level, event, ...[name, sqlState].filter((each) => typeof each === 'string')].join(' '));
      steps.push(event);
    };
  const endpoint = (): Endpoint =>
    endpointPipeline(
      operation({
        name: 'makeThing',
        summary: 'Make a thing',
        method: 'POST',
        path: '/api/things',
        status: 201,
        access: { signIn: true },
        events: { done: ['user_created'] },
        body: object({}).noUnknown(),
        response: nothing,
        run: () => {
          steps.push('run');
          return ends.run === undefined ? Promise.resolve() : Promise.reject(ends.run);
        },
      }),
      {},
      {
        cursors: { encode: () => '', decode: () => [] },
        logger: { error: note('error'), warn: note('warn'), info: note('info'), debug: note('debug') },
        explainFault: (error, alert) => {
          if (!(error instanceof DriverError)) return null;
          alert('22003');
          return new DomainError('unavailable', 'Not now.', [], { cause: error });
        },
        idempotency: {
          store: {
            claim: () => Promise.resolve(true),
            find: () => Promise.resolve(null),
            record: () => {
              steps.push('record');
              return Promise.resolve();
            },
          },
          transaction: {
            run: async (work) => {
              const done = await work();
              steps.push('commit');
              if (ends.commit !== undefined) throw ends.commit;
              return done;
            },
          },
          clock: { now: () => new Date(0) },
          roleIn: () => Promise.resolve(null),
        },
      },
    );
  const call = (): Promise<unknown> =>
    endpoint()
      .handle(ACTOR, { body: {}, idempotencyKey: 'one' })
      .catch((error: unknown) => error);

  it('runs the operation, records its answer, commits both, and then tells', async () => {
    expect(await call()).to.include({ status: 201 });
    expect(steps).to.deep.equal(['run', 'record', 'commit', 'user_created']);
    expect(lines).to.deep.equal(['info user_created makeThing']);
  });

  it('tells nothing as done that was not committed, and the fault by the name that the domain has for it', async () => {
    ends = { commit: new DriverError('connection lost') };
    const fault = await call();
    expect(fault).to.be.instanceOf(DomainError).and.to.include({ code: 'unavailable', cause: ends.commit });
    expect(lines).to.deep.equal(['error database_rejected_input makeThing 22003']);
  });

  it('lets the faults of the domain and of ourselves be what they are', async () => {
    for (const run of [notFound(), new TypeError('a mistake')]) {
      ends = { run };
      expect(await call()).to.equal(run);
    }
    expect(lines).to.deep.equal([]);
  });
});
