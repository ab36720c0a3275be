import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { connect } from 'node:net';
import { expect } from 'chai';
import { EncryptJWT } from 'jose';
import { type RealServer, SECRET, startRealServer } from '../support/real-server.ts';
import { apiTokenSecrets } from '../../infrastructure/crypto/api-token-secrets.ts';
import { deriveKey } from '../../infrastructure/crypto/derive-key.ts';

/*
 * Tokens that were made to be taken for ours, sent to the real server. Those signed with the right key show that each
 * rule refuses by itself; an attacker would have to do without it.
 */

const KEY = deriveKey(SECRET, 'access tokens');
const HEADER = { alg: 'HS256', typ: 'at+jwt' };
const MINUTE = 60;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const PEM = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

type Fields = Readonly<Record<string, unknown>>;
type Signer = (input: string) => Buffer;
/** What an attacker works with: a genuine token, its claims and the sign-in's refresh token. */
interface Loot {
  readonly genuine: string;
  readonly claims: Fields;
  readonly now: number;
  readonly refreshToken: string;
  readonly strangerId: string;
}
type Attack = readonly [name: string, token: (loot: Loot) => string | Promise<string>];

const hmac =
  (key: Uint8Array | string, hash = 'sha256'): Signer =>
  (input) =>
    createHmac(hash, key).update(input).digest();
const rightKey = hmac(KEY);

function encoded(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** Header and claims as objects, or as the JSON text itself. */
function forged(header: Fields | string, claims: Fields | string, sign: Signer = rightKey): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${sign(input).toString('base64url')}`;
}

const withHeader =
  (fields: Fields, sign?: Signer) =>
  ({ claims }: Loot): string =>
    forged({ ...HEADER, ...fields }, claims, sign);
const withClaims =
  (change: (loot: Loot) => Fields) =>
  (loot: Loot): string =>
    forged(HEADER, { ...loot.claims, ...change(loot) });
const withParts =
  (change: (header: string, claims: string, signature: string) => readonly string[]) =>
  ({ genuine }: Loot): string => {
    const [header = '', claims = '', signature = ''] = genuine.split('.');
    return change(header, claims, signature).join('.');
  };

function unsigned(alg: unknown, signature = ''): Attack[1] {
  return ({ claims }) => `${encoded({ ...HEADER, alg })}.${encoded(claims)}.${signature}`;
}

function flipped(part: string, at: number): string {
  const bytes = Buffer.from(part, 'base64url');
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64url');
}

/** Another letter at the end that decodes to the same bytes: base64url leaves some of its last bits unused. */
function respelled(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.slice(-1));
  return part.slice(0, -1) + (alphabet[last ^ 1] ?? '');
}

const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' };
const rs256: Signer = (input) => signBytes('sha256', Buffer.from(input), rsa.privateKey);
const ps256: Signer = (input) => signBytes('sha256', Buffer.from(input), { key: rsa.privateKey, padding: 6 });
const es256: Signer = (input) =>
  signBytes('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
const eddsa: Signer = (input) => signBytes(null, Buffer.from(input), ed.privateKey);

const algorithms: readonly Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', '', ' none', 'none\0'].map((alg): Attack => [
    `alg ${JSON.stringify(alg)} without a signature`,
    unsigned(alg),
  ]),
  ['alg none with the genuine signature', (loot) => unsigned('none', loot.genuine.split('.')[2])(loot)],
  ...[null, 0, true, ['HS256'], { name: 'HS256' }].map((alg): Attack => [
    `alg ${JSON.stringify(alg)}`,
    withHeader({ alg }),
  ]),
  ['no alg at all', ({ claims }) => forged({ typ: 'at+jwt' }, claims)],
  ['HS384 with the right key', withHeader({ alg: 'HS384' }, hmac(KEY, 'sha384'))],
  ['HS512 with the right key', withHeader({ alg: 'HS512' }, hmac(KEY, 'sha512'))],
  ['hs256 in small letters with the right key', withHeader({ alg: 'hs256' })],
  ['HS256 with a public key as the secret', withHeader({}, hmac(PEM))],
  [
    'HS256 with a public key in DER as the secret',
    withHeader({}, hmac(rsa.publicKey.export({ type: 'spki', format: 'der' }))),
  ],
  ['HS256 with an empty secret', withHeader({}, hmac(''))],
  ['HS256 with the word secret', withHeader({}, hmac('secret'))],
  ['HS256 with the configured secret itself, not the key derived from it', withHeader({}, hmac(SECRET))],
  ['HS256 with the key of another purpose', withHeader({}, hmac(deriveKey(SECRET, 'refresh tokens')))],
  ['RS256 with a key pair of its own', withHeader({ alg: 'RS256' }, rs256)],
  ['RS256 with the right key as an HMAC', withHeader({ alg: 'RS256' })],
  ['PS256 with a key pair of its own', withHeader({ alg: 'PS256' }, ps256)],
  ['ES256 with a key pair of its own', withHeader({ alg: 'ES256' }, es256)],
  ['ES256 with a signature of zeros (CVE-2022-21449)', withHeader({ alg: 'ES256' }, () => Buffer.alloc(64))],
  ['EdDSA with a key pair of its own', withHeader({ alg: 'EdDSA' }, eddsa)],
];

const headers: readonly Attack[] = [
  ['kid that climbs to a file, signed with what is in it', withHeader({ kid: '../../../../dev/null' }, hmac(''))],
  ['kid of a file, with the right key', withHeader({ kid: '/proc/sys/kernel/randomize_va_space' })],
  [
    'kid that speaks SQL, signed with what it selects',
    withHeader({ kid: "x' UNION SELECT 'secret' --" }, hmac('secret')),
  ],
  ['kid that speaks SQL, with the right key', withHeader({ kid: "' OR '1'='1" })],
  ['kid of an address, with the right key', withHeader({ kid: 'http://127.0.0.1:9/key' })],
  ['kid that runs a command, with the right key', withHeader({ kid: '|sleep 10' })],
  ['kid that is no text, with the right key', withHeader({ kid: { $ne: null } })],
  ['jku, signed with the key that it offers', withHeader({ alg: 'RS256', jku: 'http://127.0.0.1:9/jwks.json' }, rs256)],
  ['jku, with the right key', withHeader({ jku: 'http://127.0.0.1:9/jwks.json' })],
  ['x5u, signed with the key that it offers', withHeader({ alg: 'RS256', x5u: 'http://127.0.0.1:9/cert.pem' }, rs256)],
  ['x5u, with the right key', withHeader({ x5u: 'http://127.0.0.1:9/cert.pem' })],
  ['x5c, signed with the key that it offers', withHeader({ alg: 'RS256', x5c: [encoded(PEM)] }, rs256)],
  ['jwk, signed with the key that it is', withHeader({ alg: 'RS256', jwk }, rs256)],
  ['jwk of a symmetric key, signed with that', withHeader({ jwk: { kty: 'oct', k: encoded('mine') } }, hmac('mine'))],
  ['jwk, with the right key', withHeader({ jwk })],
  ['crit that is unknown, with the right key', withHeader({ crit: ['exp'] })],
  ['crit that is empty, with the right key', withHeader({ crit: [] })],
  ['crit that names alg, with the right key', withHeader({ crit: ['alg'] })],
  ['b64 false and critical, with the right key', withHeader({ crit: ['b64'], b64: false })],
  [
    'b64 false and critical, over the claims unencoded',
    ({ claims }) => {
      const header = encoded({ ...HEADER, crit: ['b64'], b64: false });
      const text = JSON.stringify(claims).replaceAll('.', '');
      return `${header}.${encoded(text)}.${rightKey(`${header}.${text}`).toString('base64url')}`;
    },
  ],
  ['b64 false and not critical, with the right key', withHeader({ b64: false })],
  ['zip, with the right key', withHeader({ zip: 'DEF' })],
  ['cty of a nested token, with the right key', withHeader({ cty: 'JWT' })],
  ['typ JWT, with the right key', withHeader({ typ: 'JWT' })],
  ['typ of a refresh token, with the right key', withHeader({ typ: 'rt+jwt' })],
  ['typ in capitals, with the right key', withHeader({ typ: 'AT+JWT' })],
  ['typ as a media type, with the right key', withHeader({ typ: 'application/at+jwt' })],
  ['no typ, with the right key', ({ claims }) => forged({ alg: 'HS256' }, claims)],
  ['alg twice, with the right key', ({ claims }) => forged('{"alg":"none","alg":"HS256","typ":"at+jwt"}', claims)],
  ['alg by its prototype', ({ claims }) => forged('{"__proto__":{"alg":"none"},"typ":"at+jwt"}', claims)],
  ['a header with white space, with the right key', ({ claims }) => forged('{ "alg":"HS256","typ":"at+jwt"}', claims)],
];

const claims: readonly Attack[] = [
  ['another issuer', withClaims(() => ({ iss: 'https://evil.example' }))],
  ['a list of issuers', withClaims(() => ({ iss: ['lazy-foundry'] }))],
  ['another audience', withClaims(() => ({ aud: 'another-api' }))],
  ['a list of other audiences', withClaims(() => ({ aud: ['another-api'] }))],
  ['a list of audiences with ours', withClaims(() => ({ aud: ['another-api', 'lazy-foundry-api'] }))],
  ['a list of our audience', withClaims(() => ({ aud: ['lazy-foundry-api'] }))],
  ...['iss', 'aud', 'sub', 'sid', 'iat', 'exp'].map((name): Attack => [
    `no ${name}`,
    withClaims(() => ({ [name]: undefined })),
  ]),
  ['no claims', () => forged(HEADER, {})],
  ['claims that are a list', () => forged(HEADER, '[]')],
  ['claims that are null', () => forged(HEADER, 'null')],
  ['claims that are no JSON', () => forged(HEADER, 'claims')],
  ['expired a second ago', withClaims(({ now }) => ({ exp: now - 1, iat: now - 15 * MINUTE }))],
  ['expired at the beginning of time', withClaims(() => ({ exp: 0 }))],
  ['an expiry below zero', withClaims(() => ({ exp: -1 }))],
  ['an expiry that is a text', withClaims(() => ({ exp: '9999999999' }))],
  [
    'an expiry that is endless',
    ({ claims: own }) => forged(HEADER, JSON.stringify(own).replace(/"exp":\d+/, '"exp":1e999')),
  ],
  ['not valid before the next minute', withClaims(({ now }) => ({ nbf: now + MINUTE }))],
  ['a not-before that is a text', withClaims(() => ({ nbf: 'now' }))],
  ['issued in the future', withClaims(({ now }) => ({ iat: now + 2 * MINUTE, exp: now + 15 * MINUTE }))],
  ['issued at a text', withClaims(() => ({ iat: '0' }))],
  ["another user's id with the own sign-in", withClaims(({ strangerId }) => ({ sub: strangerId }))],
  ['a user id that speaks SQL', withClaims(() => ({ sub: "' OR 1=1 --" }))],
  ['a user id with a NUL', withClaims(({ claims: own }) => ({ sub: `${String(own.sub)}\0` }))],
  ['a sign-in id in capitals', withClaims(({ claims: own }) => ({ sid: String(own.sid).toUpperCase() }))],
  ['a sign-in that never was', withClaims(({ strangerId }) => ({ sid: strangerId }))],
  ['a sign-in that is a list', withClaims(({ claims: own }) => ({ sid: [own.sid] }))],
  [
    'a user id twice, the right one last',
    ({ claims: own, strangerId }) => forged(HEADER, JSON.stringify(own).replace('{', `{"sub":"${strangerId}",`)),
  ],
  [
    'a user id twice, the right one first',
    ({ claims: own, strangerId }) => forged(HEADER, JSON.stringify(own).replace('}', `,"sub":"${strangerId}"}`)),
  ],
  ['claims with white space', ({ claims: own }) => forged(HEADER, JSON.stringify(own, null, 1))],
  ['claims behind a byte order mark', ({ claims: own }) => forged(HEADER, `\uFEFF${JSON.stringify(own)}`)],
  ['claims of a prototype', ({ claims: own }) => forged(HEADER, `{"__proto__":${JSON.stringify(own)}}`)],
];

const forms: readonly Attack[] = [
  ...([0, -1] as const).flatMap((at): Attack[] => [
    [`a bit flipped in the header at ${at}`, withParts((header, ...rest) => [flipped(header, at), ...rest])],
    [`a bit flipped in the claims at ${at}`, withParts((header, body, end) => [header, flipped(body, at), end])],
    [`a bit flipped in the signature at ${at}`, withParts((header, body, end) => [header, body, flipped(end, at)])],
  ]),
  ['the signature spelled differently', withParts((header, body, end) => [header, body, respelled(end)])],
  ['the signature with padding', withParts((header, body, end) => [header, body, `${end}=`])],
  [
    'the signature in base64',
    withParts((header, body, end) => [header, body, Buffer.from(end, 'base64url').toString('base64')]),
  ],
  ['the signature cut to half', withParts((header, body, end) => [header, body, end.slice(0, 21)])],
  ['the signature cut by a letter', withParts((header, body, end) => [header, body, end.slice(0, -1)])],
  ['the signature with a letter more', withParts((header, body, end) => [header, body, `${end}A`])],
  ['the claims cut', withParts((header, body, end) => [header, body.slice(0, -4), end])],
  ['the header cut', withParts((header, body, end) => [header.slice(0, -4), body, end])],
  ['no signature', withParts((header, body) => [header, body])],
  ['an empty signature', withParts((header, body) => [header, body, ''])],
  ['an empty header', withParts((_, body, end) => ['', body, end])],
  ['empty claims', withParts((header, _, end) => [header, '', end])],
  ['nothing but dots', () => '..'],
  ['a part too many', withParts((header, body, end) => [header, body, end, end])],
  ['the parts in another order', withParts((header, body, end) => [body, header, end])],
  [
    'the claims of another with the genuine signature',
    withParts((header, body, end) => [header, encoded({ sub: 'x', body }), end]),
  ],
  ['white space within', withParts((header, body, end) => [header, ` ${body}`, end])],
  ['a tab behind', ({ genuine }) => `${genuine}\t.`],
  ['a comma and a second token', ({ genuine }) => `${genuine}, ${genuine}`],
  ['quotes around', ({ genuine }) => `"${genuine}"`],
  ['a percent sign', ({ genuine }) => genuine.replace('.', '%2e')],
  ['Unicode that looks alike', ({ genuine }) => genuine.replace('e', '\u0435')],
  ['Unicode dots', ({ genuine }) => genuine.replaceAll('.', '\uFF0E')],
  ['bytes that are no UTF-8', ({ genuine }) => `${genuine}\u00ff\u00fe`],
  [
    'a JWS in its flattened JSON serialization',
    withParts((header, payload, signature) => [JSON.stringify({ protected: header, payload, signature })]),
  ],
  [
    'a JWS in its general JSON serialization',
    withParts((header, payload, signature) => [
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    ]),
  ],
  [
    'a JWS in JSON, encoded',
    withParts((header, payload, signature) => [encoded({ protected: header, payload, signature })]),
  ],
  [
    'a JWE with the right key',
    ({ claims: own }) =>
      new EncryptJWT({ ...own }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'at+jwt' }).encrypt(KEY),
  ],
  ['the genuine token nested in another', ({ genuine }) => forged({ ...HEADER, cty: 'JWT' }, encoded(genuine))],
  ['the refresh token', ({ refreshToken }) => refreshToken],
  ['the refresh token as a signature', withParts((header, body) => [header, body, encoded('refresh')])],
  ['an API token that was never issued', () => apiTokenSecrets.issue().token],
  ['an API token with a wrong checksum', () => `lfv_${'0'.repeat(72)}`],
  ['the genuine token with the beginning of an API token', ({ genuine }) => `lfv_${genuine}`],
  [
    'a token of 12,000 characters',
    ({ claims: own }) => forged(HEADER, { ...own, padding: 'x'.repeat(8500) }, hmac('strange')),
  ],
  ['12,000 dots', () => '.'.repeat(12_000)],
  ['claims nested 4,000 deep', () => forged(HEADER, '['.repeat(4000))],
];

describe('attacks by access token', () => {
  let server: RealServer;
  let loot: Loot;

  before(async () => {
    server = await startRealServer();
    const { token: genuine, refreshToken } = await server.newUser();
    const { id: strangerId } = await server.newUser();
    const text = Buffer.from(genuine.split('.')[1] ?? '', 'base64url').toString();
    const own: Record<string, unknown> = {};
    Object.assign(own, JSON.parse(text));
    loot = { genuine, claims: own, refreshToken, strangerId, now: server.clock.now().getTime() / 1000 };
  });
  after(() => server.close());

  /** Past every HTTP client: what is in the header goes out as it is, byte by byte. */
  const send = (authorization: string): Promise<{ status: number; headers: string; body: string }> =>
    new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('error', (error) => {
        if (answer === '') reject(error);
      });
      socket.on('close', () => {
        const [headers = '', body = ''] = answer.split('\r\n\r\n');
        resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1]), headers, body });
      });
      socket.write('GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n');
      socket.write(`Authorization: ${authorization}\r\n\r\n`);
    });

  const expectRefused = async (authorization: string): Promise<void> => {
    const { status, headers, body } = await send(authorization);
    expect(status, body).to.equal(401);
    expect(headers).to.match(/^content-type: application\/problem\+json\r?$/im);
    expect(headers).to.match(/^www-authenticate: Bearer error="invalid_token"\r?$/im);
    const problem: unknown = JSON.parse(body);
    expect(problem).to.include({ status: 401, instance: '/api/auth/me' });
    expect(body).to.match(/"code":"(?:invalid_token|token_expired)"/);
  };

  const expectUnharmed = async (): Promise<void> => {
    expect((await send(`Bearer ${loot.genuine}`)).status).to.equal(200);
    expect(server.faults).to.deep.equal([]);
  };

  it('would succeed with a forgery without a fault: each below is refused for its own', async () => {
    expect(forged(HEADER, loot.claims)).to.equal(loot.genuine);
    await expectUnharmed();
  });

  for (const [about, attacks] of Object.entries({ algorithms, headers, claims, forms })) {
    describe(`on ${about}`, () => {
      for (const [name, tokenOf] of attacks) {
        it(`are refused: ${name}`, async () => {
          const token = await tokenOf(loot);
          expect(token).not.to.equal(loot.genuine);
          await expectRefused(`Bearer ${token}`);
        });
      }
      after(expectUnharmed);
    });
  }

  it('are refused under another scheme or none', async () => {
    for (const scheme of ['Basic ', 'Token ', 'JWT ', 'Bearer', 'Bearer\t', 'Bearer: ', '', 'Bearer Bearer ']) {
      await expectRefused(`${scheme}${loot.genuine}`);
    }
    for (const empty of ['Bearer', 'Bearer =', 'Bearer ..', 'null', 'undefined', 'Bearer null', 'Bearer undefined']) {
      await expectRefused(empty);
    }
  });

  it('are refused when they are a megabyte long, before they are looked at', async () => {
    for (const long of [
      'a'.repeat(1024 * 1024),
      '.'.repeat(1024 * 1024),
      `${loot.genuine}${'A'.repeat(1024 * 1024)}`,
    ]) {
      // Node refuses headers of more than 16 KiB (RFC 6585, section 5), and closes while the rest still comes.
      const { status } = await send(`Bearer ${long}`).catch(() => ({ status: 431 }));
      expect(status).to.be.oneOf([401, 431]);
    }
    await expectUnharmed();
  });

  it('do not succeed beside the genuine token in the address or in a cookie', async () => {
    const headers = { cookie: `token=${loot.genuine}; Authorization=Bearer ${loot.genuine}` };
    for (const query of [`?access_token=${loot.genuine}`, `?token=${loot.genuine}`]) {
      const response = await fetch(`${server.url}/api/auth/me${query}`, { headers });
      expect(response.status).to.equal(401);
    }
  });
});
