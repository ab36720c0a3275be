import { expect } from 'chai';
import { aUser } from '../../infrastructure/contracts/builders.ts';
import { codeOf, faultOf } from '../../infrastructure/contracts/fault-of.ts';
import { type User, newUser, normalizeEmail, renamed, usernameKey, withPassword } from './user.ts';

const now = new Date('2027-02-03T04:05:06.789Z');
const required = { id: 'id', email: 'anna@example.org', username: 'anna', passwordHash: 'hash', now };

describe('an e-mail address', () => {
  const label = 'a'.repeat(63);

  for (const [email, normal] of [
    ['anna@example.org', 'anna@example.org'],
    ['  Anna.Maria+tag@Example.ORG \n', 'anna.maria+tag@example.org'],
    ["o'brien_{x}~!#$%&*/=?^`|-@sub.example.co.uk", "o'brien_{x}~!#$%&*/=?^`|-@sub.example.co.uk"],
    ['a@b.c', 'a@b.c'],
    [`${'a'.repeat(64)}@${label}.org`, `${'a'.repeat(64)}@${label}.org`],
  ] as const) {
    it(`may be ${JSON.stringify(email)}`, () => {
      expect(normalizeEmail(email)).to.equal(normal);
    });
  }

  for (const email of [
    '',
    'anna',
    'anna@',
    '@example.org',
    'anna@localhost',
    'anna@example.',
    'anna@.org',
    'anna@example..org',
    'anna@b@example.org',
    'an na@example.org',
    'anna@exa mple.org',
    'anna\n@example.org',
    'änna@example.org',
    'anna@exämple.org',
    'anna@example.org,',
    '<anna@example.org>',
    'anna\u0000@example.org',
    `${'a'.repeat(65)}@example.org`,
    `anna@${label}a.org`,
    `anna@example.${label}a`,
    `anna@example.${label}a.org`,
  ]) {
    it(`may not be ${JSON.stringify(email)}`, async () => {
      const { code, details } = await faultOf(() => normalizeEmail(email));

      expect(code).to.equal('validation_failed');
      expect(details.map(({ field }) => field)).to.deep.equal(['email']);
    });
  }

  it('has at most 255 characters', async () => {
    const withLength = (length: number): string => {
      const domain = `${label}.${label}.${label}`;
      return `${'a'.repeat(length - domain.length - 1)}@${domain}`;
    };

    expect(normalizeEmail(withLength(255))).to.have.lengthOf(255);
    expect(await codeOf(() => normalizeEmail(withLength(256)))).to.equal('validation_failed');
  });
});

describe('a user name', () => {
  const named = (username: string): string => newUser({ ...required, username }).username;

  for (const username of [
    'ab',
    'Bo',
    '李明',
    'अंजलि',
    'प्रिया',
    'শ্রেয়া',
    'สมชาย',
    'นที',
    'مُحَمَّد',
    'می\u200cخواهم',
    'ශ්\u200dරී',
    'ஸ்ரீ',
    'שָׂרָה',
    'Nguyễn',
    'Ọláńrewájú',
    'q̃a',
    'ᠪᠣᠷᠵᠢ',
    '𞤀𞤣𞤢𞤥',
    '𐐷'.repeat(32),
    'abc',
    'a'.repeat(32),
    'Anna_M.-2',
    'Zoë',
    '漢字仮',
    'Ώμέγα',
    '٣٤٥',
    '𝒜-b'.normalize('NFKC') + 'c',
  ]) {
    it(`may be ${username}`, () => {
      expect(named(username)).to.equal(username);
    });
  }

  it('is trimmed and brought into one form', () => {
    expect(named('  Anna ')).to.equal('Anna');
    expect(named('Zoe\u0308')).to.equal('Zoë');
    expect(named('ＡＮＮＡ')).to.equal('ANNA');
  });

  for (const username of [
    '',
    'a',
    ' a ',
    '李',
    'a'.repeat(33),
    '𐐷'.repeat(33),
    '\u0301ab',
    `a${'\u0316'.repeat(5)}b`,
    'ab\u200d',
    'a\u200cb',
    '\u200cمن',
    'ab\ufe0f',
    'a\u034fb',
    '\u3164\u3164',
    '\u115fab',
    'ab\u{e0100}',
    'ab\u00ad',
    'a\u202eb',
    '½a',
    'anna maria',
    'anna@home',
    'anna!',
    '<b>anna',
    'anna\u0000',
    'anna\u200b',
    '🐉🐉🐉',
    'a/b/c',
  ]) {
    it(`may not be ${JSON.stringify(username)}`, async () => {
      const { code, details } = await faultOf(() => named(username));

      expect(code).to.equal('validation_failed');
      expect(details.map(({ field }) => field)).to.deep.equal(['username']);
    });
  }

  it('is the same in whatever case and form', () => {
    const key = usernameKey('Zoë');

    for (const same of ['zoë', 'ZOË', 'Zoe\u0308', 'Ｚoë']) expect(usernameKey(same), same).to.equal(key);
    for (const [one, two] of [
      ['Straße', 'STRASSE'],
      ['Νίκος', 'ΝΊΚΟΣ'],
      ['İpek', 'ipek'],
      ['Işıl', 'ışıl'],
      ['می\u200cخ', 'میخ'],
      ['ﬁnn', 'FINN'],
      ['Ꭰꭱ', 'ꭰꭱ'],
    ] as const) {
      expect(usernameKey(one), one).to.equal(usernameKey(two));
    }
    for (const other of ['zoe', 'zoë_', 'zöe']) expect(usernameKey(other), other).not.to.equal(key);
  });
});

describe('a user', () => {
  it('begins with version 1, created and changed now', () => {
    const expected: User = {
      id: 'id',
      email: 'anna@example.org',
      username: 'anna',
      passwordHash: 'hash',
      status: 'active',
      createdAt: now,
      updatedAt: now,
      version: 1,
    };

    expect(newUser({ ...required, email: 'ANNA@example.org' })).to.deep.equal(expected);
  });

  it('changes its name by the same rule, and nothing else', async () => {
    const user = aUser();

    expect(renamed(user, ' Berta ', now)).to.deep.equal({ ...user, username: 'Berta', updatedAt: now, version: 2 });
    expect(await codeOf(() => renamed(user, 'a', now))).to.equal('validation_failed');
  });

  it('changes its password and nothing else', () => {
    const user = aUser();

    expect(withPassword(user, 'other', now)).to.deep.equal({
      ...user,
      passwordHash: 'other',
      updatedAt: now,
      version: 2,
    });
  });
});
