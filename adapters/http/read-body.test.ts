import { expect } from 'chai';
import { expectProblem, fieldsOf, useThingApp } from '../../test/support/thing-app.ts';
import { KNOWN } from '../../test/support/thing-operations.ts';

describe('bodies of requests', () => {
  const { call, leave, lines, logged, post, raw, stage } = useThingApp();

  it('reads a JSON object, whatever the case and the charset are written like', async () => {
    for (const type of [
      'application/json',
      'Application/JSON; charset=UTF-8',
      'application/json;charset="utf-8"',
      'application/json; charset=utf8',
      'application/json; q=1;charset=UTF-8;',
    ]) {
      expect((await post('/api/things', '{"name":"é"}', { 'Content-Type': type })).status, type).to.equal(201);
      expect(stage.asked).to.deep.include({ body: { name: 'é' } });
    }
  });

  it('takes an absent body for an empty object, without a content type', async () => {
    expect((await call('/api/refreshments', { method: 'POST' })).status).to.equal(204);
    expect(
      await raw(
        'POST /api/refreshments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer good\r\n\r\n',
      ),
    ).to.match(/^HTTP\/1.1 204 /);
    await expectProblem(await call('/api/sign-ins', { method: 'POST' }), 400, 'validation_failed');
  });

  it('takes an empty body for none, however it is sent', async () => {
    const head = 'POST /api/refreshments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer good\r\n';
    for (const rest of [
      'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\n0;name=value\r\nX-Trailer: 1\r\n\r\n',
      'Transfer-Encoding: Chunked\r\nContent-Type: text/plain\r\n\r\n000\r\n\r\n',
      'Transfer-Encoding: chunked\r\nTrailer: Digest\r\nContent-Encoding: gzip\r\n\r\n0\r\nDigest: x\r\n\r\n',
      'Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n0\r\n\r\n',
      'Content-Length: 0\r\n\r\n',
      'Content-Length: 0\r\nContent-Type: text/plain\r\n\r\n',
      'Content-Length: 0\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n\r\n',
    ]) {
      expect(await raw(head + rest), rest).to.match(/^HTTP\/1.1 (100 Continue\r\n\r\nHTTP\/1.1 )?204 /);
    }
  });

  it('refuses other content types in chunks too, once there is something', async () => {
    const head = 'POST /api/things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer good\r\n';
    for (const type of [
      '',
      'Content-Type: text/plain\r\n',
      'Content-Type: application/json\r\nContent-Encoding: br\r\n',
    ]) {
      const answer = await raw(`${head}${type}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`);
      expect(answer, type).to.match(/^HTTP\/1.1 415 /);
    }
    expect(stage.asked).to.equal(null);
  });

  it('names the types and codings that it takes where it refuses others', async () => {
    const asked = async (method: string, headers: Record<string, string>): Promise<Headers> =>
      (await call(`/api/things${method === 'POST' ? '' : '/' + KNOWN}`, { method, body: '<a/>', headers })).headers;
    const xml = { 'Content-Type': 'application/xml' };
    const names = ['accept', 'accept-patch', 'accept-post', 'accept-encoding'];
    const told = (headers: Headers) => names.map((name) => headers.get(name));
    const json = 'application/json';
    expect(told(await asked('PATCH', xml))).to.deep.equal([json, json, null, null]);
    expect(told(await asked('POST', xml))).to.deep.equal([json, null, json, null]);
    expect(told(await asked('PUT', xml))).to.deep.equal([json, null, null, null]);
    const coded = await asked('POST', { 'Content-Type': json, 'Content-Encoding': 'deflate, gzip' });
    expect(told(coded)).to.deep.equal([null, null, null, 'identity']);
  });

  it('refuses other content types with 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/jsonx',
      'application/merge-patch+json',
      'application/json; charset=utf-16',
      '',
      'application/json, text/plain',
    ]) {
      await expectProblem(await post('/api/things', '{}', { 'Content-Type': type }), 415, 'unsupported_media_type');
    }
    const bytes = new TextEncoder().encode('{}');
    await expectProblem(await call('/api/things', { method: 'POST', body: bytes }), 415, 'unsupported_media_type');
  });

  it('refuses an encoded body with 415, and takes identity', async () => {
    await expectProblem(await post('/api/things', '{}', { 'Content-Encoding': 'gzip' }), 415, 'unsupported_media_type');
    expect((await post('/api/things', '{}', { 'Content-Encoding': 'identity' })).status).to.equal(201);
  });

  it('takes 1 MiB and refuses one byte more with 413', async () => {
    const limit = 1024 * 1024;
    const note = 'x'.repeat(limit - '{"note":""}'.length);
    // At the limit it is read, and then refused for the length of its field.
    await expectProblem(await post('/api/things', `{"note":"${note}"}`), 400, 'validation_failed');
    await expectProblem(await post('/api/things', `{"note":"${note}x"}`), 413, 'body_too_large');
  });

  it('takes 64 KiB of who need not say who it is, and refuses one byte more', async () => {
    const password = (length: number): string => JSON.stringify({ password: 'x'.repeat(length) });
    const most = 64 * 1024 - password(0).length;
    await expectProblem(await post('/api/sign-ins', password(most)), 400, 'validation_failed');
    await expectProblem(await post('/api/sign-ins', password(most + 1)), 413, 'body_too_large');
  });

  it('refuses a chunked body that is too large, and the connection stays of use', async () => {
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const head =
      'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\n';
    const next = 'GET /api/named/after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answer = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(64)}0\r\n\r\n${next}`);
    expect(answer)
      .to.match(/^HTTP\/1.1 413 /)
      .and.to.include('body_too_large')
      .and.to.include('{"name":"after"}');
  });

  it('takes a body in small chunks, and refuses one that is cut into single bytes', async () => {
    const head =
      'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n';
    const inChunks = (body: string, size: number): string =>
      (body.match(new RegExp(`.{1,${size}}`, 'g')) ?? [])
        .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
        .join('');
    const body = (length: number): string => JSON.stringify({ note: 'x'.repeat(length) });
    const short = await raw(`${head}Connection: close\r\n\r\n${inChunks(body(1000), 1)}0\r\n\r\n`);
    expect(short).to.match(/^HTTP\/1.1 201 /);
    const small = await raw(`${head}Connection: close\r\n\r\n${inChunks(body(90_000), 16)}0\r\n\r\n`);
    expect(small).to.match(/^HTTP\/1.1 201 /);
    const cut = await raw(`${head}\r\n${inChunks(body(60_000), 1)}`);
    expect(cut)
      .to.match(/^HTTP\/1.1 400 /)
      .and.to.include('larger chunks')
      .and.to.include('Connection: close');
  });

  it('refuses a Content-Length that is too large before the body comes', async () => {
    const answer = await raw(
      'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
    );
    expect(answer).to.match(/^HTTP\/1.1 413 /);
  });

  it('reads no further than Content-Length says', async () => {
    const answer = await raw(
      'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{"name":"x"}\r\n\r\n',
    );
    expect(answer).to.match(/^HTTP\/1.1 400 /);
    expect(stage.asked).to.equal(null);
  });

  it('tells where JSON goes wrong, and never what it said', async () => {
    const response = await post('/api/sign-ins', '{\n  "password": hunter2}');
    const problem = await expectProblem(response, 400, 'invalid_json');
    expect(problem.detail).to.equal('The body must be valid JSON: look at line 2, column 15.');
    expect(JSON.stringify(problem)).not.to.include('hunter2').and.not.to.include('"h');
    const early = await expectProblem(await post('/api/sign-ins', '{"password":'), 400, 'invalid_json');
    expect(early.detail).to.include('ends too soon');
  });

  it('refuses what is not UTF-8', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('{"name":"'), 0xff, 0x22, 0x7d]);
    const problem = await expectProblem(await post('/api/things', bytes), 400, 'invalid_json');
    expect(problem.detail).to.include('UTF-8');
  });

  it('refuses everything but an object', async () => {
    for (const body of ['[]', '"x"', '5', 'null', 'true', ' ']) {
      await expectProblem(await post('/api/things', body), 400, 'invalid_json');
    }
  });

  it('refuses unknown fields and wrong types by their names, without casting', async () => {
    const unknown = await expectProblem(await post('/api/things', '{"nome":"x"}'), 400, 'validation_failed');
    expect(fieldsOf(unknown)).to.deep.equal(['nome']);
    const cast = await expectProblem(await post('/api/things', '{"count":"5"}'), 400, 'validation_failed');
    expect(fieldsOf(cast)).to.deep.equal(['count']);
  });

  it('refuses a NUL and 40 levels of nesting', async () => {
    const nul = await expectProblem(await post('/api/things', '{"name":"a\\u0000b"}'), 400, 'validation_failed');
    expect(fieldsOf(nul)).to.deep.equal(['name']);
    const deep = `{"name":${'['.repeat(40)}${']'.repeat(40)}}`;
    const problem = await expectProblem(await post('/api/things', deep), 400, 'validation_failed');
    expect(problem.detail).to.include('nested');
    const abyss = '['.repeat(300_000);
    await expectProblem(await post('/api/things', abyss), 400, 'validation_failed');
    const whole = `{"name":${abyss}${']'.repeat(300_000)}}`;
    await expectProblem(await post('/api/things', whole), 400, 'validation_failed');
  });

  it('refuses keys that reach a prototype', async () => {
    const proto = await post('/api/things', '{"__proto__":{"name":"x"},"constructor":{}}');
    expect(fieldsOf(await expectProblem(proto, 400, 'validation_failed'))).to.have.members([
      '__proto__',
      'constructor',
    ]);
    const prototype = await expectProblem(await post('/api/things', '{"prototype":{}}'), 400, 'validation_failed');
    expect(fieldsOf(prototype)).to.deep.equal(['prototype']);
    expect(Object.prototype).not.to.have.property('name');
  });

  it('refuses a key that is given twice, and tells where', async () => {
    const twice = '{"name":"first",\n  "n\\u0061me":"last"}';
    const problem = await expectProblem(await post('/api/things', twice), 400, 'invalid_json');
    expect(problem.detail).to.include('line 2, column 3').and.not.to.include('last');
    expect(stage.asked).to.equal(null);
  });

  it('refuses numbers that are not the ones that were sent', async () => {
    for (const count of ['1e400', '-1e400', '9007199254740993', '-9007199254740993', '1e20']) {
      const response = await post('/api/things', `{"count":${count}}`);
      expect(fieldsOf(await expectProblem(response, 400, 'validation_failed')), count).to.deep.equal(['count']);
    }
    expect((await post('/api/things', '{"count":9007199254740991}')).status).to.equal(201);
  });

  it('takes -0 for 0', async () => {
    await post('/api/things', '{"count":-0}');
    expect(stage.asked)
      .to.have.nested.property('body.count')
      .that.satisfies((count: unknown) => Object.is(count, 0));
  });

  it('refuses more than 1,000 fields, 1,000 entries and 10,000 values', async () => {
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`k${index}`, 0])));
    const fields = await expectProblem(await post('/api/things', wide), 400, 'validation_failed');
    expect(fields.detail).to.include('1000 fields');
    const long = (count: number): string => JSON.stringify({ name: Array.from({ length: count }, () => 0) });
    const entries = await expectProblem(await post('/api/things', long(1001)), 400, 'validation_failed');
    expect(entries.detail).to.include('1000 entries');
    const values = await expectProblem(await post('/api/things', long(10_001)), 400, 'validation_failed');
    expect(values.detail).to.include('10000 values').and.to.include('line 1, column');
  });

  it('refuses lone surrogates in values and keys', async () => {
    const value = await expectProblem(await post('/api/things', '{"name":"a\\ud800"}'), 400, 'validation_failed');
    expect(fieldsOf(value)).to.deep.equal(['name']);
    const key = await expectProblem(await post('/api/things', '{"a\\udc00":1}'), 400, 'validation_failed');
    expect(key.detail).to.include('well-formed');
  });

  it('strips what turns the direction of writing from single lines, keeps it in Markdown', async () => {
    await post('/api/things', JSON.stringify({ name: 'a\u202Egnp.exe\u2066 e\u0301 👩\u200D🚀', note: '\u200Fשלום' }));
    expect(stage.asked).to.deep.include({ body: { name: 'agnp.exe \u00e9 👩\u200D🚀', note: '\u200Fשלום' } });
  });

  it('does not read a body that the operation does not take', async () => {
    expect((await post('/api/failures', 'not json', { 'Content-Type': 'text/plain' })).status).to.equal(204);
  });

  it("takes a body that breaks off for nobody's fault", async () => {
    await leave(
      'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na',
    );
    expect((await logged('http_request')).fields).to.include({ status: 499, route: '/api/things' });
    expect(lines.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
  });

  it('authenticates before it reads', async () => {
    const response = await post('/api/things', 'not json', { Authorization: 'Bearer bad' });
    await expectProblem(response, 401, 'invalid_token');
  });
});
