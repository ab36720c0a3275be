import { expect } from 'chai';
import { stat } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { ARGON2_COST, makePasswordHasher } from './password-hasher.ts';

const PASSWORD = 'Correct-horse-9';
const cheap = { memory: 64, passes: 1, parallelism: 1 };
/** Some tens of milliseconds: long beside everything else that a test does. */
const dear = { memory: 8 * 1024, passes: 4, parallelism: 1 };

function makeHasher(cost = cheap) {
  return makePasswordHasher({ cost, concurrency: 1 });
}

/** Microseconds of the processor, of all threads: how busy the machine is does not matter to them as to a clock. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const MALFORMED = {
  nothing: '',
  'another format': '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy',
  'another algorithm': '$argon2i$v=19$m=64,t=1,p=1$c29tc2FsdHNvbWVzYWx0MQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc',
  'another version': '$argon2id$v=16$m=64,t=1,p=1$c29tc2FsdHNvbWVzYWx0MQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc',
  'no tag': '$argon2id$v=19$m=64,t=1,p=1$c29tc2FsdHNvbWVzYWx0MQ$',
  'a tag that anyone would hit': '$argon2id$v=19$m=64,t=1,p=1$c29tc2FsdHNvbWVzYWx0MQ$CTFh',
  'no passes': '$argon2id$v=19$m=64,t=0,p=1$c29tc2FsdHNvbWVzYWx0MQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc',
  'no lanes': '$argon2id$v=19$m=64,t=1,p=0$c29tc2FsdHNvbWVzYWx0MQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc',
  'too little memory for its lanes':
    '$argon2id$v=19$m=15,t=1,p=2$c29tc2FsdHNvbWVzYWx0MQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHApl8ArZWb2GRPPc',
};

describe('the password hasher', () => {
  it('writes PHC strings that carry their parameters, 16 bytes of salt and 32 of hash', async () => {
    const hash = await makeHasher({ memory: 72, passes: 3, parallelism: 2 }).hash(PASSWORD);
    expect(hash).to.match(/^\$argon2id\$v=19\$m=72,t=3,p=2\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  });

  it('salts each hash anew', async () => {
    const hasher = makeHasher();
    expect(await hasher.hash(PASSWORD)).not.to.equal(await hasher.hash(PASSWORD));
  });

  it('knows the right password from every other', async () => {
    const hasher = makeHasher();
    const hash = await hasher.hash(PASSWORD);
    expect(await hasher.verify(PASSWORD, hash)).to.equal(true);
    for (const wrong of ['', 'correct-horse-9', `${PASSWORD} `, `${PASSWORD}\0`, hash]) {
      expect(await hasher.verify(wrong, hash), wrong).to.equal(false);
    }
  });

  it('verifies what the reference implementation hashed, with the parameters in the hash', async () => {
    // The vectors of phc-winner-argon2, src/test.c.
    const hasher = makeHasher();
    for (const hash of [
      '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
    ]) {
      expect(await hasher.verify('password', hash), hash).to.equal(true);
      expect(await hasher.verify('Password', hash), hash).to.equal(false);
    }
  });

  it('takes the same characters for the same, however a keyboard composes them', async () => {
    const hasher = makeHasher();
    expect(await hasher.verify('\u0041\u030angström-9', await hasher.hash('\u00c5ngström-9'))).to.equal(true);
  });

  it('finds a hash outdated that is weaker in any one dimension, and no other', async () => {
    const today = makePasswordHasher({ cost: { memory: 128, passes: 2, parallelism: 2 }, concurrency: 1 });
    const made = (memory: number, passes: number, parallelism: number): Promise<string> =>
      makeHasher({ memory, passes, parallelism }).hash(PASSWORD);

    expect(today.isOutdated(await made(128, 2, 2))).to.equal(false);
    expect(today.isOutdated(await made(256, 3, 3))).to.equal(false);
    expect(today.isOutdated(await made(120, 2, 2)), 'memory').to.equal(true);
    expect(today.isOutdated(await made(128, 1, 2)), 'passes').to.equal(true);
    expect(today.isOutdated(await made(128, 2, 1)), 'parallelism').to.equal(true);
    expect(today.isOutdated('not a hash')).to.equal(true);
  });

  for (const [what, hash] of Object.entries(MALFORMED)) {
    it(`answers false to a malformed hash: ${what}`, async () => {
      expect(await makeHasher().verify(PASSWORD, hash)).to.equal(false);
    });
  }

  it('answers false to the right hash with something before or after it', async () => {
    const hasher = makeHasher();
    const hash = await hasher.hash(PASSWORD);
    for (const altered of [`${hash}\n`, `${hash}$`, `${hash}=`, ` ${hash}`]) {
      expect(await hasher.verify(PASSWORD, altered), JSON.stringify(altered)).to.equal(false);
    }
  });

  it('works as long without a hash, and with a malformed one, as with a real one', async () => {
    const hasher = makeHasher(dear);
    const real = await hasher.hash(PASSWORD);
    for (const hash of [null, MALFORMED.nothing, MALFORMED['another algorithm'], MALFORMED['no passes']]) {
      const usual: number[] = [];
      const without: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        usual.push(await costOf(() => hasher.verify('Wrong-horse-9', real)));
        without.push(await costOf(() => hasher.verify(PASSWORD, hash)));
      }
      expect(Math.min(...without) / Math.min(...usual), String(hash)).to.be.within(0.5, 2);
    }
  });

  it('takes its turn also when there is no hash to verify', async () => {
    const hasher = makeHasher(dear);
    const order: string[] = [];
    await Promise.all([
      hasher.hash(PASSWORD).then(() => order.push('hash')),
      hasher.verify(PASSWORD, null).then(() => order.push('verify')),
    ]);
    expect(order).to.deep.equal(['hash', 'verify']);
  });

  it('leaves threads to others, however many passwords wait', async () => {
    // Of libuv's four threads two may hash: a look at a file need not wait for those that queue.
    const hasher = makePasswordHasher({ cost: dear, concurrency: 2 });
    let done = 0;
    const all = Array.from({ length: 12 }, () => hasher.hash(PASSWORD).then(() => (done += 1)));
    await turn();
    await stat('.');
    const doneBefore = done;
    await Promise.all(all);
    expect([doneBefore < 3, done]).to.deep.equal([true, 12]);
  });

  it('costs in production what OWASP asks for, or more', () => {
    expect(ARGON2_COST.memory).to.be.at.least(19_456);
    expect(ARGON2_COST.passes).to.be.at.least(2);
    expect(ARGON2_COST.parallelism).to.be.at.least(1);
  });
});
