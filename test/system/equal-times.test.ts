import { expect } from 'chai';
import { PASSWORD, type RealServer, startRealServer } from '../support/real-server.ts';

const DAY = 24 * 60 * 60 * 1000;
const ACCOUNTS = 10;
/** Milliseconds between the medians of two kinds of attempt, at most. */
const ALIKE = 2;

interface Attempt {
  /** By the clock, as a stranger measures it. */
  readonly time: number;
  /** What this process computed for it, its threads included: no other process adds to it. */
  readonly cpu: number;
  readonly told: string;
}

describe('what a stranger cannot tell by time or bytes', () => {
  let server: RealServer;
  const known: string[] = [];
  before(async () => {
    server = await startRealServer();
    for (let count = 0; count < ACCOUNTS; count += 1) known.push((await server.newUser()).email);
  });
  after(() => server.close());

  async function attempt(path: string, body: Readonly<Record<string, string>>): Promise<Attempt> {
    const [begun, computed] = [performance.now(), process.cpuUsage()];
    const { status, headers, text } = await server.call('POST', path, { body });
    const time = performance.now() - begun;
    const { user, system } = process.cpuUsage(computed);
    const fields = [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
    const told = JSON.stringify([status, fields, text.replace(/"requestId":"[^"]*"/, '')]);
    return { time, cpu: (user + system) / 1000, told };
  }

  /** Pairs of one attempt of each kind, one right after the other, in turns the one and the other first. */
  async function interleaved(
    count: number,
    one: (index: number) => Promise<Attempt>,
    other: (index: number) => Promise<Attempt>,
  ): Promise<readonly (readonly [Attempt, Attempt])[]> {
    const pairs: (readonly [Attempt, Attempt])[] = [];
    for (let index = -5; index < count; index += 1) {
      // What an address failed counts for 24 hours: no attempt is delayed by another.
      server.clock.advance(DAY);
      const first = await (index % 2 === 0 ? one : other)(index + 5);
      const second = await (index % 2 === 0 ? other : one)(index + 5);
      // The first few warm up what runs.
      if (index >= 0) pairs.push(index % 2 === 0 ? [first, second] : [second, first]);
    }
    return pairs;
  }

  it('are 200 log-ins in turn, with an account and without', async () => {
    const fail = (email: string): Promise<Attempt> =>
      attempt('/api/auth/login', { email, password: 'Wrong Harbour 7' });
    const pairs = await interleaved(
      100,
      (index) => fail(known[index % ACCOUNTS] ?? ''),
      (index) => fail(`nobody${index}@example.org`),
    );

    expect(new Set(pairs.flat().map(({ told }) => told)).size, 'different answers').to.equal(1);
    expect(pairs[0]?.[0].told).to.contain('invalid_credentials');
    expectAlike(pairs, ({ cpu }) => cpu, ALIKE);
    // By the clock pair by pair, as other processes take their time from both of a pair; and no better than four of the
    // median's standard errors tell.
    const differences = pairs.map(([one, other]) => one.time - other.time);
    const noise = (4 * 1.2533 * spread(differences)) / Math.sqrt(pairs.length);
    expect(Math.abs(median(differences)), 'milliseconds by the clock').to.be.lessThan(Math.max(ALIKE, noise));
  }).timeout(120_000);

  it('are registrations, but for the 409 that the contract has for an address that is taken', async () => {
    let names = 0;
    const register = (email: string): Promise<Attempt> => {
      names += 1;
      return attempt('/api/auth/register', { email, username: `somebody${names}`, password: PASSWORD });
    };
    const pairs = await interleaved(
      40,
      (index) => register(known[index % ACCOUNTS]?.toUpperCase() ?? ''),
      (index) => register(`newcomer${index}@example.org`),
    );

    expect(new Set(pairs.map(([{ told }]) => told)).size, 'different answers').to.equal(1);
    expect(pairs[0]?.[0].told).to.contain('email_taken');
    expect(pairs[0]?.[1].told).to.contain('201');
    // The password is hashed either way, which is all but a few milliseconds: who registers is then stored as well.
    expectAlike(pairs, ({ cpu }) => cpu, 3 * ALIKE);
  }).timeout(120_000);
});

function expectAlike(
  pairs: readonly (readonly [Attempt, Attempt])[],
  of: (each: Attempt) => number,
  most: number,
): void {
  const [one, other] = [median(pairs.map(([each]) => of(each))), median(pairs.map(([, each]) => of(each)))];
  const medians = `medians of ${one.toFixed(2)} and ${other.toFixed(2)} ms`;
  expect(Math.abs(one - other), medians).to.be.lessThan(most);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The standard deviation, as far as the middle half tells it: a few stragglers do not count. */
function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 1.349;
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}
