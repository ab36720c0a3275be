import { expect } from 'chai';
import { faultOf } from '../contracts/fault-of.ts';
import { firstConnection } from './first-connection.ts';

const place = { name: 'PostgreSQL at db:5432, database x', advice: 'Check DATABASE_URL.' };

function failed(code: string, message = 'it failed', syscall = 'connect'): Error {
  return Object.assign(new Error(message), { code, syscall });
}

describe('the first connection', () => {
  const told = async (error: Error): Promise<string> => {
    const run = (): Promise<never> => Promise.reject(error);
    const { code, message } = await faultOf(
      firstConnection({ run }, place, { tryMs: 1000, backoff: [], waiting: () => undefined }),
    );
    expect(code).to.equal('unavailable');
    return message;
  };

  it('says what was tried and why it failed', async () => {
    for (const [error, words] of [
      [failed('ECONNREFUSED'), 'nothing listens there (ECONNREFUSED). Check DATABASE_URL.'],
      [failed('ENOTFOUND', 'x', 'getaddrinfo'), 'no host of that name is known'],
      [failed('ENOENT'), 'there is no such socket'],
      [failed('EACCES'), 'this user may not open its socket'],
      [failed('EPIPE', 'x', 'write'), 'it broke the connection off'],
      [failed('EHOSTUNREACH'), 'no network leads there'],
      [failed('EMFILE'), 'raise "ulimit -n"'],
      [new Error('Connection terminated unexpectedly'), 'it broke the connection off'],
      [new Error('Connection terminated due to connection timeout'), 'it did not answer in time.'],
      [failed('42704', 'unrecognized configuration parameter "x"'), 'parameter "x" (42704)'],
      [failed('SELF_SIGNED_CERT_IN_CHAIN'), 'sslrootcert'],
      [failed('28P01'), 'refuses this user'],
      [failed('3D000'), 'does not exist'],
    ] as const) {
      expect(await told(error), error.message)
        .to.match(/^PostgreSQL at db:5432, database x, /)
        .and.contain(words);
    }
  });

  it('waits for no answer longer than it was told to, and tries again only as often as it was told to', async () => {
    let tries = 0;
    const run = (): Promise<never> => {
      tries += 1;
      return new Promise(() => undefined);
    };
    const attempt = async (backoff: readonly number[]): Promise<string> =>
      (await faultOf(firstConnection({ run }, place, { tryMs: 1, backoff, waiting: () => undefined }))).message;
    expect(await attempt([])).to.contain('it did not answer in time');
    expect(tries).to.equal(1);
    await attempt([1, 1]);
    expect(tries).to.equal(4);
  });
});
