import { expect } from 'chai';
import { expectProblem, useThingApp } from '../../test/support/thing-app.ts';
import { KNOWN } from '../../test/support/thing-operations.ts';

describe('conditional requests', () => {
  const { call, raw } = useThingApp();

  const ifNoneMatch = (tag: string, method = 'GET') =>
    call(`/api/things/${KNOWN}`, { method, headers: { 'If-None-Match': tag } });
  const change = (method: string, headers: Record<string, string>) =>
    call(`/api/things/${KNOWN}${method === 'POST' ? '/polish' : ''}`, { method, headers });
  const ifMatch = (tag: string, method: string) => change(method, { 'If-Match': tag });
  const METHODS = ['PATCH', 'PUT', 'DELETE', 'POST'];

  it('answer 304 without a body when the tag is named', async () => {
    for (const tag of ['"3-owner"', 'W/"3-owner"', '*', '"2-owner", "3-owner"', '"a",W/"3-owner"']) {
      const response = await ifNoneMatch(tag);
      expect(response.status, tag).to.equal(304);
      expect(response.headers.get('etag')).to.equal('"3-owner"');
      expect(response.headers.get('cache-control')).to.equal('no-store');
      expect(response.headers.has('content-type')).to.equal(false);
      expect(await response.text()).to.equal('');
    }
    expect((await ifNoneMatch('"3-owner"', 'HEAD')).status).to.equal(304);
  });

  it('answer in full when it is not', async () => {
    for (const tag of ['"2-owner"', '3-owner', '"3-OWNER"', '"3"', '']) {
      const response = await ifNoneMatch(tag);
      expect(response.status, tag).to.equal(200);
      expect(response.headers.get('etag')).to.equal('"3-owner"');
      expect(response.headers.get('cache-control')).to.equal('no-store');
    }
  });

  it('do not make 304 of a change', async () => {
    for (const method of METHODS) {
      expect((await change(method, { 'If-None-Match': '"3-owner"' })).status, method).to.be.oneOf([200, 204]);
    }
  });

  it('change when If-Match names the version', async () => {
    for (const method of METHODS) {
      for (const tag of ['"3-owner"', '"3"', '*', ' * ', '"2-gm", "3-gm"', '"a" , , "3-owner"']) {
        expect((await ifMatch(tag, method)).status, `${method} ${tag}`).to.be.oneOf([200, 204]);
      }
    }
  });

  it('understand what a proxy makes of our tag when it compresses', async () => {
    const copies = [
      'W/"3-owner"',
      '"2-gm", W/"3-gm"',
      '"3-owner-gzip"',
      'W/"3-owner-br"',
      '"3-zstd"',
      '"3-gm-deflate"',
    ];
    for (const tag of copies) {
      for (const method of METHODS) {
        expect((await ifMatch(tag, method)).status, `${method} ${tag}`).to.be.oneOf([200, 204]);
      }
    }
    expect((await ifNoneMatch('"3-owner-gzip"')).status).to.equal(304);
  });

  it('answer 412 when it does not, or names no tag of ours', async () => {
    const strange = [
      '3',
      'W/3',
      '"three"',
      '"3-"',
      '"3-owner-x"',
      '"3-owner-gzip-gzip"',
      '""',
      '',
      '"*"',
      '*, "*"',
      '"3',
    ];
    for (const method of METHODS) {
      for (const tag of ['"2-owner"', 'W/"2-owner"', '"2-owner-gzip"', ...strange]) {
        await expectProblem(await ifMatch(tag, method), 412, 'version_conflict');
      }
    }
  });

  it('read If-Match in several lines as one list', async () => {
    const asked = (first: string, second: string): Promise<string> =>
      raw(
        `DELETE /api/things/${KNOWN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer good\r\n` +
          `If-Match: ${first}\r\nIf-Match: ${second}\r\n\r\n`,
      );
    expect(await asked('"2-owner"', 'W/"3-owner"')).to.match(/^HTTP\/1.1 204 /);
    expect(await asked('"2-owner"', '"4-owner"')).to.match(/^HTTP\/1.1 412 /);
  });

  it('change nothing that is there for who wants to make something new', async () => {
    for (const method of METHODS) {
      for (const headers of [{ 'If-None-Match': '*' }, { 'If-None-Match': ' *', 'If-Match': '"3-owner"' }]) {
        const problem = await expectProblem(await change(method, headers), 412, 'version_conflict');
        expect(problem.detail).to.include('no version').and.not.to.include('Somebody');
      }
    }
  });

  it('ignore dates, as nothing is sent that has one', async () => {
    const date = 'Sat, 01 Jan 2000 00:00:00 GMT';
    for (const method of METHODS) {
      expect((await change(method, { 'If-Unmodified-Since': date })).status, method).to.be.oneOf([200, 204]);
    }
    const read = await call(`/api/things/${KNOWN}`, {
      headers: { 'If-Modified-Since': 'Sat, 01 Jan 2050 00:00:00 GMT' },
    });
    expect(read.status).to.equal(200);
  });
});
