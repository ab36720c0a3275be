import { expect } from 'chai';
import { makeCommonPasswords } from './common-passwords.ts';

describe('the common passwords', () => {
  it('hold those that attackers try first, in whatever case', async () => {
    const common = makeCommonPasswords();
    for (const password of ['password', 'Password1', '123456', 'QWERTY', 'letmein', 'Iloveyou', 'dragon']) {
      expect(await common.has(password), password).to.equal(true);
    }
  });

  it('hold none that nobody would guess, nor what only resembles one', async () => {
    const common = makeCommonPasswords();
    for (const password of ['Correct-horse-9', 'password ', ' 123456', '', '__proto__', 'constructor', 'toString']) {
      expect(await common.has(password), password).to.equal(false);
    }
  });

  it('answer all who ask while the list is being loaded', async () => {
    const common = makeCommonPasswords();
    const answers = await Promise.all(Array.from({ length: 10 }, () => common.has('password')));
    expect(answers).to.deep.equal(Array.from({ length: 10 }, () => true));
  });
});
