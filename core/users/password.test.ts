import { expect } from 'chai';
import { codeOf, faultOf } from '../../infrastructure/contracts/fault-of.ts';
import { makePlainPasswordStrength } from '../../infrastructure/memory/test-doubles.ts';
import { checkPassword } from './password.ts';

const owner = { email: 'Anna1@Example.org', username: 'AnnaMaria1' };
const strength = makePlainPasswordStrength(['Password123']);

describe('a new password', () => {
  for (const [what, password] of [
    ['has 8 characters', 'Abcdef1x'],
    ['has 128 characters', `A1${'x'.repeat(126)}`],
    ['has 8 characters beyond the first plane of Unicode', 'A1🐉🐉🐉🐉🐉🐉'],
    ['has 128 characters that take up 254 code units', `A1${'🐉'.repeat(126)}`],
    ['has an upper-case letter of another script', 'Ωmega123'],
    ['has a digit of another script', 'Abcdefg٣'],
    ['has spaces, also at its ends', '  Correct horse 1 '],
    ['contains the own user name', 'AnnaMaria12'],
    ['contains what is guessable', 'Password1234'],
    ['is a passphrase without upper-case letter and digit', 'leise wellen am h'],
    ['is one in a script without letter case', '静かな港の朝に龍は眠る夢を見てい'],
    ['is one of 16 characters beyond the first plane', '🐉🐲🐍🦎🐢🐊🦖🦕🐙🦑🦐🦞🦀🐡🐠🐟'],
  ] as const) {
    it(`is taken when it ${what}`, async () => {
      await checkPassword(password, owner, strength);
    });
  }

  for (const [what, password, reason] of [
    ['has 7 characters', 'Abcde1x', '8 to 128'],
    ['has 129 characters', `A1${'x'.repeat(127)}`, '8 to 128'],
    ['has 7 characters that take up 12 code units', 'A1🐉🐉🐉🐉🐉', '8 to 128'],
    ['is empty', '', '8 to 128'],
    ['has no upper-case letter', 'abcdefg1', 'upper-case'],
    ['has no digit', 'Abcdefgh', 'digit'],
    ['has 15 characters and no digit', 'Leise Wellen am', '16 characters or more'],
    ['has 15 characters and no upper-case letter', 'leise wellen 77', '16 characters or more'],
    ['has 16 characters only as it is typed', 'leise wellen e\u0301e\u0301', 'upper-case'],
    ['is guessable', 'Password123', 'four or more words'],
    ['is guessable but for its case', 'pASSWORD123', 'four or more words'],
    ['is guessable but for its width', 'Ｐａｓｓｗｏｒｄ１２３', 'four or more words'],
    ['is the own e-mail address', 'Anna1@Example.org', 'your e-mail address'],
    ['is the own e-mail address in another case', 'ANNA1@EXAMPLE.ORG', 'your e-mail address'],
    ['is the own e-mail address of 16 and more characters', 'anna1@example.org', 'your e-mail address'],
    ['is the own user name', 'AnnaMaria1', 'your user name'],
    ['is the own user name in another case', 'ANNAMARIA1', 'your user name'],
  ] as const) {
    it(`is refused when it ${what}`, async () => {
      const { code, details, message } = await faultOf(checkPassword(password, owner, strength));

      expect(code).to.equal('validation_failed');
      expect(details.map(({ field }) => field)).to.deep.equal(['password']);
      expect(message).to.include(reason);
    });
  }

  it('is refused by the name of its field', async () => {
    const { details } = await faultOf(checkPassword('short', owner, strength, 'newPassword'));

    expect(details.map(({ field }) => field)).to.deep.equal(['newPassword']);
  });

  it('is never repeated in the fault', async () => {
    const { message } = await faultOf(checkPassword('secret-without', owner, strength));

    expect(message).not.to.include('secret-without');
    expect(await codeOf(checkPassword('secret-without', owner, strength))).to.equal('validation_failed');
  });
});
