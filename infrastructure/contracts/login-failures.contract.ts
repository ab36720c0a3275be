import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import type { LoginKeys } from '../../core/auth/login-failures.ts';
import type { Span } from '../../core/shared/clock.ts';
import type { Adapters } from './adapters.ts';

const NONE = { failures: 0, lastAt: null };
const NOW = new Date('2026-11-23T19:00:00.123Z');
const EARLIER = new Date(NOW.getTime() - 1);
const DAY = 24 * 60 * 60 * 1000;
/** All that counts now. */
const SPAN = { since: new Date(NOW.getTime() - DAY), until: NOW };
const after = (since: Date): Span => ({ since, until: NOW });

function someKeys(values: Partial<LoginKeys> = {}): LoginKeys {
  return { account: `anna-${uuid()}@example.org`, address: `address-${uuid()}`, ...values };
}

export function describeLoginFailures(name: string, open: () => Promise<Adapters>): void {
  describe(`login failures on ${name}`, () => {
    let failures: Adapters['loginFailures'];
    before(async () => {
      ({ loginFailures: failures } = await open());
    });

    it('knows of none at first', async () => {
      expect(await failures.count(someKeys(), SPAN)).to.deep.equal({ pair: NONE, account: NONE, address: NONE });
    });

    it('counts by pair, by account over all addresses, and by address over all accounts', async () => {
      const keys = someKeys();
      const elsewhere = someKeys({ account: keys.account });
      const other = someKeys({ address: keys.address });
      expect(await failures.add(keys, 0, SPAN, EARLIER)).to.equal(true);
      expect(await failures.add(keys, 1, SPAN, EARLIER)).to.equal(true);
      expect(await failures.add(elsewhere, 0, SPAN, NOW)).to.equal(true);
      expect(await failures.add(other, 0, SPAN, EARLIER)).to.equal(true);

      expect(await failures.count(keys, SPAN)).to.deep.equal({
        pair: { failures: 2, lastAt: EARLIER },
        account: { failures: 3, lastAt: NOW },
        address: { failures: 3, lastAt: EARLIER },
      });
    });

    it('does not count what is older than asked for', async () => {
      const keys = someKeys();
      await failures.add(keys, 0, SPAN, EARLIER);

      expect((await failures.count(keys, after(EARLIER))).pair).to.deep.equal(NONE);
      expect((await failures.count(keys, after(EARLIER))).address).to.deep.equal(NONE);
      expect((await failures.count(keys, after(new Date(EARLIER.getTime() - 1)))).pair.failures).to.equal(1);
    });

    it('begins anew where the last failure is older than asked for', async () => {
      const keys = someKeys();
      await failures.add(keys, 0, SPAN, EARLIER);
      await failures.add(keys, 1, SPAN, EARLIER);

      expect(await failures.add(keys, 2, after(EARLIER), NOW)).to.equal(false);
      expect(await failures.add(keys, 0, after(EARLIER), NOW)).to.equal(true);
      expect((await failures.count(keys, SPAN)).pair).to.deep.equal({ failures: 1, lastAt: NOW });
    });

    it('does not count what is later than asked for, and begins anew there', async () => {
      const keys = someKeys();
      const tomorrow = new Date(NOW.getTime() + DAY);
      await failures.add(keys, 0, { ...SPAN, until: tomorrow }, tomorrow);

      expect(await failures.count(keys, SPAN)).to.deep.equal({ pair: NONE, account: NONE, address: NONE });
      expect(await failures.add(keys, 1, SPAN, NOW)).to.equal(false);
      expect(await failures.add(keys, 0, SPAN, NOW)).to.equal(true);
      expect((await failures.count(keys, SPAN)).pair).to.deep.equal({ failures: 1, lastAt: NOW });
    });

    it('counts one of 20 that saw the same at once', async () => {
      const keys = someKeys();
      for (const seen of [0, 1, 2]) {
        const counted = await Promise.all(Array.from({ length: 20 }, () => failures.add(keys, seen, SPAN, NOW)));
        expect(counted.filter(Boolean)).to.have.lengthOf(1);
      }
      expect((await failures.count(keys, SPAN)).pair.failures).to.equal(3);
    });

    it('forgets a pair, and no other of the account or the address', async () => {
      const keys = someKeys();
      await failures.add(keys, 0, SPAN, NOW);
      await failures.add(someKeys({ account: keys.account }), 0, SPAN, NOW);
      await failures.add(someKeys({ address: keys.address }), 0, SPAN, NOW);
      await failures.forget(keys);

      const { pair, account, address } = await failures.count(keys, SPAN);
      expect([pair.failures, account.failures, address.failures]).to.deep.equal([0, 1, 1]);
      expect(await failures.add(keys, 0, SPAN, NOW)).to.equal(true);
    });
  });
}
