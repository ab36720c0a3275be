import { expect } from 'chai';
import { processorTime } from '../../test/support/processor-time.ts';
import { makePasswordStrength } from './password-strength.ts';

const known = ['anna.kessler', 'Annamaria'];

describe('the strength of passwords', () => {
  for (const [kind, passwords] of [
    ['a common password', ['password', 'Password1', 'QWERTY', 'Iloveyou', 'Letmein1']],
    ['a common password that is dressed up', ['Password1!', 'P@ssw0rd1', 'P@$$w0rd2026', 'Passw0rd!', 'Dr@g0n2026']],
    ['a word and a year', ['Summer2026', 'Winter2025', 'January2026', 'Football2026!', 'Summer2026!!', 'Sommer2026!']],
    ['a word and a digit', ['Dungeon-7', 'Monday123', 'Harbour-7', 'Gamemaster1', 'Berlin2026']],
    [
      'repetition',
      ['A1aaaaaa', 'Zz111111', 'aaaaaaaaaaaaaaaa', 'passwordpassword', 'lalalalalalalala', 'aaaabbbbccccdddd'],
    ],
    ['a sequence', ['Abcd1234', 'ABCDEFG1', '1234567890123456', 'abcdefghijklmnop', 'A1b2c3d4']],
    ['a row of the keyboard', ['Qwerty123', 'Zaq12wsx', 'Asdfghjkl1', 'qwertyuiopasdfgh', 'Qwertz123!']],
    ['what belongs to the account', ['Annamaria1', 'Annamaria2026', 'Anna.kessler7', 'LazyFoundry2026', 'Foundry1']],
  ] as const) {
    it(`is too little for ${kind}`, async () => {
      const strength = makePasswordStrength();
      for (const password of passwords) {
        expect(await strength.isGuessable(password, known), password).to.equal(true);
      }
    });
  }

  for (const [kind, passwords] of [
    ['eight characters by chance', ['Kx7#mQ2p', 'G7kd93kf', 'Xk4mWq9z']],
    ['a few words', ['Secret-horse-7', 'Quiet Harbour 7', 'the dragon sleeps at noon', 'correct horse battery staple']],
    ['words of other languages', ['leise Wellen am Hafen', 'жёлтый дракон спит', '静かな港の朝に龍は眠る夢を見ている']],
    ['what only resembles a property', ['__proto__ constructor', 'toString hasOwnProperty']],
    ['a long text', ['the dragon sleeps at noon, '.repeat(4)]],
  ] as const) {
    it(`is enough for ${kind}`, async () => {
      const strength = makePasswordStrength();
      for (const password of passwords) {
        expect(await strength.isGuessable(password, known), password).to.equal(false);
      }
    });
  }

  it('costs little to estimate, whatever is sent', async () => {
    const strength = makePasswordStrength();
    await strength.isGuessable('warm up', known);
    for (const part of [
      'p@ssw0rd',
      'p@$$w0rd',
      '4@4@4@4@$$$$0000',
      '1!i|l',
      '({<[@48(3690!|1',
      '20262026',
      '🐉',
      '1.2.2026 ',
    ]) {
      const longest = part.repeat(128).slice(0, 128);
      const time = await processorTime(() => strength.isGuessable(longest, known));
      expect(time, part).to.be.lessThan(100);
    }
  });

  it('answers all who ask while the lists are being loaded', async () => {
    const strength = makePasswordStrength();
    const answers = await Promise.all(Array.from({ length: 10 }, () => strength.isGuessable('password', [])));
    expect(answers).to.deep.equal(Array.from({ length: 10 }, () => true));
  });
});
