import { expect } from 'chai';
import fc from 'fast-check';
import { type OpenApiDocument, openApiDocument } from '../../adapters/http/openapi.ts';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import { type Api, expectStatus, startApi } from '../support/api.ts';
import type { FuzzRequest } from '../support/fuzz-request.ts';
import { requestTo } from '../support/arbitrary-requests.ts';
import { checkAnswer } from '../support/contract.ts';
import { type FuzzWorld, newFuzzWorld } from '../support/fuzz-world.ts';
import { type WireRequest, makeKeepAliveClient } from '../support/keep-alive-client.ts';
import { ask } from '../support/ask.ts';
import { fuzzSeed } from '../support/fuzz-seed.ts';

/* Others: FUZZ_SEED=random; to replay: FUZZ_SEED=<what was printed>; for longer: FUZZ_RUNS=1000000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 20_000);

/** Each works on a part of the database of its own, one request after the other: the same seed makes the same run. */
const CONNECTIONS = 16;
/** Of all requests, those that did what they asked for; the rest tries the guards. */
const SHARE_DONE = 0.35;
/** Made at once: all of them would fill the memory. */
const CHUNK = 200;

/** Told of a request that is no well-formed HTTP, whatever it asks for. */
const ODD_CODES = new Set([
  'bad_request',
  'method_not_allowed',
  'headers_too_large',
  'body_too_large',
  'expectation_failed',
]);

describe('requests that nobody thought of', () => {
  let api: Api;
  let endpoints: readonly Endpoint[];
  let paths: OpenApiDocument['paths'];
  before(async function () {
    this.timeout(60_000);
    api = await startApi();
    // Nothing of it needs to outlast a crash, and the run must not wait for the disk at each commit.
    await ask(
      api.database,
      'do $$ begin execute format($f$alter database %I set synchronous_commit = off$f$, current_database()); end $$',
    );
    ({ endpoints } = api.application);
    ({ paths } = openApiDocument(endpoints, { version: '0.0.0' }));
  });
  after(() => api.close());

  it('are all answered as the contract has it, and leave a server that works', async () => {
    const worlds: FuzzWorld[] = [];
    for (let count = 0; count < CONNECTIONS; count += 1) {
      worlds.push(await newFuzzWorld(api, () => worlds[(count + 1) % CONNECTIONS]));
    }
    const tally = newTally();
    const begun = performance.now();
    await Promise.all(worlds.map((world, number) => runWorld(world, number, tally)));
    const seconds = (performance.now() - begun) / 1000;
    const share = tally.done / tally.sent;
    process.stdout.write(
      `\n  fuzz: FUZZ_SEED=${fuzzSeed} FUZZ_RUNS=${RUNS}: ${tally.sent} requests in ${seconds.toFixed(1)} s ` +
        `(${Math.round(tally.sent / seconds)}/s), ${Math.round(share * 100)} % did what they asked for\n`,
    );

    expect(tally.faults.slice(0, 5).join('\n\n'), `${tally.faults.length} faults`).to.equal('');
    expect(api.loggedErrors.slice(0, 5)).to.deep.equal([]);
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
    await expectHealthy(worlds);
    if (RUNS < 20_000) return;
    expect(tally.sent).to.be.at.least(20_000);
    expect(share, 'the share that did what it asked for').to.be.at.least(SHARE_DONE);
    const never = endpoints.map(({ spec }) => spec.name).filter((name) => !tally.doneBy.has(name));
    expect(never, 'operations that never did anything').to.deep.equal([]);
  }).timeout(Math.max(120_000, RUNS * 30));

  interface Tally {
    sent: number;
    done: number;
    readonly doneBy: Map<string, number>;
    readonly faults: string[];
  }

  function newTally(): Tally {
    return { sent: 0, done: 0, doneBy: new Map(), faults: [] };
  }

  async function runWorld(world: FuzzWorld, number: number, tally: Tally): Promise<void> {
    const client = makeKeepAliveClient(Number(new URL(api.url).port));
    const arbitrary = fc.oneof(...endpoints.map(requestTo));
    const quota = Math.ceil(RUNS / CONNECTIONS);
    try {
      for (let made = 0; made < quota; made += CHUNK) {
        const seed = fuzzSeed + number * 1_000_003 + made;
        for (const request of fc.sample(arbitrary, { seed, numRuns: Math.min(CHUNK, quota - made) })) {
          const sent = world.prepare(request);
          api.clock.advance(25);
          const answer = await client.send(sent).catch((error: unknown) => String(error));
          tally.sent += 1;
          if (typeof answer === 'string') {
            tally.faults.push(`${answer}\n${told(request, sent)}`);
            continue;
          }
          try {
            const name = check(request, sent, answer);
            if (answer.status < 400 && name !== null) {
              tally.done += 1;
              tally.doneBy.set(name, (tally.doneBy.get(name) ?? 0) + 1);
            }
          } catch (error) {
            tally.faults.push(`${String(error)}\n${told(request, sent)}`);
          }
          await world.learn(request, sent, answer);
        }
      }
    } finally {
      client.close();
    }
  }

  /** @throws AssertionError unless the answer is one that the contract has */
  function check(
    request: FuzzRequest,
    sent: WireRequest,
    answer: Awaited<ReturnType<ReturnType<typeof makeKeepAliveClient>['send']>>,
  ): string | null {
    expect(answer.status, answer.text).to.be.lessThan(500);
    if (request.kind === 'odd' || isOdd(sent.target)) {
      const problem: unknown = answer.status < 400 || answer.text === '' ? null : JSON.parse(answer.text);
      if (typeof problem === 'object' && problem !== null && 'code' in problem && ODD_CODES.has(String(problem.code))) {
        expect(answer.headers.get('content-type')).to.equal('application/problem+json');
        expect(problem).to.include({ type: `urn:lazy-foundry:problem:${String(problem.code)}`, status: answer.status });
        expect(problem).to.include.all.keys('title', 'detail', 'requestId');
        return null;
      }
    }
    return checkAnswer({ method: sent.method, path: sent.target, endpoints, paths }, answer);
  }

  async function expectHealthy(worlds: readonly FuzzWorld[]): Promise<void> {
    expect(expectStatus(await api.anybody.get('/health/ready'), 200).body.status).to.equal('ready');
    for (const world of worlds) {
      const owner = api.as(await world.signedInOwner());
      for (const noun of ['campaigns', 'sessions']) {
        for (const id of world.known(noun)) {
          const { status } = await owner.get(`/api/${noun}/${id}`);
          expect(status).to.be.oneOf([200, 404]);
        }
      }
      expectStatus(await owner.post('/api/campaigns', { name: 'After the storm' }), 201);
    }
    expect(api.loggedErrors).to.deep.equal([]);
  }
});

/** What RFC 9112 does not let a target be. */
function isOdd(target: string): boolean {
  if (!/^\/(?![/\\])[\x21\x22\x24-\x7e]*$/.test(target)) return true;
  try {
    decodeURIComponent(target);
    return false;
  } catch {
    return true;
  }
}

function told({ operation, kind, caller }: FuzzRequest, { method, target, headers, body }: WireRequest): string {
  const lines = headers.map(([name, value]) => `${name}: ${value.slice(0, 300)}`);
  return [
    `${operation}, ${kind}, by ${caller}; FUZZ_SEED=${fuzzSeed} FUZZ_RUNS=${RUNS}`,
    `${method} ${target.slice(0, 500)}`,
    ...lines,
    body?.toString().slice(0, 1000) ?? '',
  ].join('\n');
}
