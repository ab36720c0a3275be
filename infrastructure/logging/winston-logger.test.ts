import { Writable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import type { LogFields } from '../../core/shared/logger.ts';
import { makeMaskSecrets, namesSecret } from './mask-secrets.ts';
import { makeLogger } from './winston-logger.ts';

/** Of the configuration; the second is too short to be one. */
const SECRETS = ['horse battery staple', 'short'];
const REFRESH_TOKEN = 'q0hX2m9bT4vZk7LrW1sNcYpE8dJfUaGi3oQ6wBtRxM5';
const JWT =
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'; /* RFC 7515, in part */
const API_TOKEN = `lfv_${'0123456789abcdef'.repeat(4)}deadbeef`;
const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaA';

describe('the log', () => {
  it('is one line of JSON an event: when, how grave, what, and its fields', () => {
    const line: unknown = JSON.parse(logged({ status: 200, route: '/api/campaigns/:campaignId', none: null }));

    expect(line).to.deep.include({ level: 'info', event: 'tried', status: 200, route: '/api/campaigns/:campaignId' });
    expect(line)
      .to.have.property('time')
      .that.matches(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(line).to.have.property('none', null);
  });

  it('lets no field pass for the time, the level or the event', () => {
    expect(JSON.parse(logged({ level: 'error', event: 'forged', time: 'never' }))).to.deep.include({
      level: 'info',
      event: 'tried',
    });
  });

  it('writes nothing that is less grave than its level', () => {
    const lines: string[] = [];
    loggerInto(lines, false).debug('tried');

    expect(lines).to.deep.equal([]);
  });

  for (const name of [
    ...['password', 'currentPassword', 'newPassword', 'PASSWORD', 'user_password', 'token', 'refreshToken'],
    ...['accessToken', 'access_token', 'X-Auth-Token', 'Authorization', 'cookie', 'Set-Cookie', 'secret', 'JWT_SECRET'],
    ...['hash', 'passwordHash', 'key', 'apiKey', 'AI_API_KEY', 'private-key', 'jwt', 'credentials', 'tokens'],
  ]) {
    it(`redacts what is named ${name}, at any depth`, () => {
      const line = logged({ [name]: 'canary', body: { list: [{ [name]: { inner: 'canary' } }] } });

      expect(line).not.to.contain('canary');
      expect(line.match(/\[redacted\]/g)).to.have.length(2);
    });
  }

  it('keeps what only sounds like a secret', () => {
    const fields = { keyword: 'a', monkey: 'b', tokenKind: 'c', hashed: true, passwordAge: 3, secretary: 'd' };

    expect(JSON.parse(logged(fields))).to.deep.include(fields);
  });

  for (const [name, text, left] of [
    ['a JWT', `got ${JWT}, refused`, 'got [redacted], refused'],
    ['an API token', `(${API_TOKEN})`, '([redacted])'],
    ['a password hash', `compared ${HASH} with`, 'compared [redacted] with'],
    ['a bearer token', 'header "Bearer abc.DEF~123" was odd', 'header "Bearer [redacted]" was odd'],
    [
      'the user of a URL',
      'connect postgres://anna:s3cret/@x@db.example.org:5432/foundry failed',
      'connect postgres://[redacted]@db.example.org:5432/foundry failed',
    ],
    ['a refresh token', `token ${REFRESH_TOKEN} is unknown`, 'token [redacted] is unknown'],
    ['a labelled secret', '{"refreshToken":"short-one", "a":1}', '{"refreshToken":"[redacted]", "a":1}'],
    ['a secret in a query', '/x?api_key=abcdefghij&page=2', '/x?api_key=[redacted]&page=2'],
    ['an e-mail address', 'Key (email)=(anna.b+c@mail.example.org) exists', 'Key (email)=([redacted]) exists'],
    ['a secret of the configuration', 'signed with horse battery staple', 'signed with [redacted]'],
  ] as const) {
    it(`masks ${name} in the middle of a text`, () => {
      expect(JSON.parse(logged({ list: [{ text }] })))
        .to.have.property('list')
        .that.deep.equals([{ text: left }]);
    });

    it(`masks ${name} in an error, its cause, and a name of a field`, () => {
      const line = logged({ error: new Error('outer', { cause: new Error(text) }), [text]: 1 });

      expect(line.split('[redacted]').length).to.be.greaterThan(3);
      expect(line).not.to.match(/deadbeef|c2FsdHNhb|abc\.DEF|s3cret|q0hX2m|short-one|abcdefghij|battery|eyJhbGci|anna/);
    });
  }

  it('keeps ids, routes, times and the names of migrations', () => {
    const fields = {
      id: '01a209f2-f5ad-7443-a623-570598847970',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      route: '/api/auth/tokens/:id',
      name: '20261123190000-create-users-campaigns-and-sessions',
      url: 'http://127.0.0.1:3001/api/openapi.json',
      prefix: 'lfv_01234567',
      stack: 'at cors (/app/node_modules/@koa/cors@5.0.0/index.js:64:16)',
    };

    expect(JSON.parse(logged(fields))).to.deep.include(fields);
  });

  it('is one line for whatever plain fields: masked, no head forged, and everything else as it was', () => {
    const forms = [JWT, API_TOKEN, REFRESH_TOKEN, 'horse battery staple', 'anna@example.org'];
    const names = ['route', 'time', 'level', 'event', 'message', '__proto__', '7', 'token', 'name "x"', ...forms];
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"quoted" \\ text', 'a\nb', ...forms),
    );
    const values = fc.oneof(texts, fc.double(), fc.integer(), fc.constantFrom(true, null, undefined, NaN, Infinity));
    const name = fc.oneof(fc.constantFrom(...names), fc.string());
    const mask = makeMaskSecrets(SECRETS);
    const shown = (key: string, value: unknown): unknown => {
      if (value !== null && value !== undefined && namesSecret(key)) return '[redacted]';
      return typeof value === 'string' ? mask(value) : value;
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(name, values), { maxLength: 5 }), (entries) => {
        const fields = Object.fromEntries(entries);
        const lines = linesOf(fields, false);
        expect(lines).to.have.lengthOf(1);
        expect(lines[0]).to.match(/^[^\n]*\n$/);
        for (const form of forms) expect(lines[0]).not.to.contain(form);
        const expected = Object.fromEntries(
          Object.entries(fields)
            .filter(([, value]) => value !== undefined)
            .map(([key, value]) => [mask(key), shown(key, value)]),
        );
        const head = { time: '', level: 'info', event: 'tried' };
        expect({ ...recordIn(lines[0] ?? ''), time: '' }).to.deep.equal({
          ...recordIn(JSON.stringify(expected)),
          ...head,
        });
      }),
      { numRuns: 500 },
    );
  });

  for (const pretty of [false, true]) {
    it(`lets no text act on who reads it, ${pretty ? 'on a terminal' : 'in JSON'}`, () => {
      const evil = 'a\r\nb\u001b[31mc\u009b2Jd\u202ee\u2066f\u2028g\u200bh\u{e0001}i\u007f';
      const lines = linesOf({ text: evil, [evil]: { deep: evil }, message: evil }, pretty).join('');
      // But for the styles that the logger itself writes.
      const own = pretty ? lines.replaceAll(/\u001b\[\d+m/g, '') : lines;

      expect(own.trimEnd()).not.to.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      if (!pretty) expect(JSON.parse(own)).to.have.property('text', evil);
    });
  }

  it('serializes an error with its causes, and none of its other fields', () => {
    const cause = Object.assign(new TypeError('inner'), { code: '23505', detail: 'Key (email)=(canary)' });
    const line = logged({ error: new AggregateError([new Error('one')], 'outer', { cause }) });
    const error = errorIn(line);

    expect(error).to.deep.include({ name: 'AggregateError', message: 'outer' });
    expect(error.stack).to.be.a('string');
    expect(error.cause).to.deep.include({ name: 'TypeError', message: 'inner', code: '23505' });
    expect(line).to.contain('"message":"one"').and.not.to.contain('canary');
  });

  it('ends with a cycle, with depth, with width, with length and with all of them together', () => {
    const self: Record<string, unknown> = { name: 'self' };
    self.self = self;
    expect(logged({ self })).to.contain('"self":"[circular]"');

    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level += 1) deep = { deep };
    expect(logged({ deep })).to.contain('[too deep]').and.to.have.length.below(500);

    expect(logged({ wide: Array.from({ length: 10_000 }, () => 1) })).to.have.length.below(500);
    expect(logged(Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`f${n}`, n])))).to.have.length.below(
      1000,
    );
    expect(logged({ long: 'x'.repeat(1_000_000) })).to.have.length.below(9000);

    const all = Array.from({ length: 30 }, (): object[] => []);
    all.forEach((each) => each.push(...all));
    expect(logged({ all })).to.have.length.below(20_000);
  });

  it('masks a secret that lies across the cut of a long text', () => {
    const line = logged({
      text: `${'x '.repeat(4085)}postgres://anna:s3cret-canary@db.example.org/foundry ${'y'.repeat(9999)}`,
    });

    expect(line).not.to.contain('s3cret');
  });

  it('takes whatever it is given', () => {
    const odd = {
      big: 10n,
      fn: () => 1,
      symbol: Symbol('x'),
      date: new Date(0),
      never: new Date(Number.NaN),
      bytes: new Uint8Array(3),
      map: new Map([['password', 'canary']]),
      url: new URL('redis://user:canary@host/0'),
      json: { toJSON: () => 'canary' },
      get thrower(): unknown {
        throw new Error('canary');
      },
    };
    const line = logged({
      odd: { ...Object.getOwnPropertyDescriptors(odd), value: odd },
      plain: { big: 10n, at: new Date(0) },
    });

    expect(line).not.to.contain('canary');
    expect(line).to.contain('[unreadable]').and.to.contain('"big":"10"').and.to.contain('1970-01-01T00:00:00.000Z');
  });
});

function errorIn(line: string): Readonly<Record<string, unknown>> {
  const fields: unknown = JSON.parse(line);
  const error: unknown = typeof fields === 'object' && fields !== null && 'error' in fields ? fields.error : null;
  return typeof error === 'object' && error !== null ? { ...error } : {};
}

function recordIn(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function logged(fields: LogFields): string {
  return linesOf(fields, false).join('').trimEnd();
}

function linesOf(fields: LogFields, pretty: boolean): string[] {
  const lines: string[] = [];
  loggerInto(lines, pretty).info('tried', fields);
  return lines;
}

function loggerInto(lines: string[], pretty: boolean): ReturnType<typeof makeLogger> {
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return makeLogger({ level: 'info', pretty, stream, secrets: SECRETS });
}
