import { expect } from 'chai';
import { aSignIn } from '../../infrastructure/contracts/builders.ts';
import { isLive } from './sign-in.ts';

const expiresAt = new Date('2027-02-03T04:05:06.789Z');
const signIn = aSignIn({ userId: 'user', expiresAt });

describe('a sign-in', () => {
  it('lives until the millisecond before it expires', () => {
    expect(isLive(signIn, new Date(expiresAt.getTime() - 1))).to.equal(true);
    expect(isLive(signIn, expiresAt)).to.equal(false);
  });

  it('lives no longer once it is ended', () => {
    const endedAt = new Date(expiresAt.getTime() - 2);

    expect(isLive({ ...signIn, endedAt }, new Date(expiresAt.getTime() - 1))).to.equal(false);
  });
});
