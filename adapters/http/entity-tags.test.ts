import { expect } from 'chai';
import { expectProblem, useThingApp } from '../../test/support/thing-app.ts';
import { KNOWN } from '../../test/support/thing-operations.ts';

describe('conditional requests', () => {
  const { call } = useThingApp();

  const ifNoneMatch = (tag: string, method = 'GET') =>
    call(`/api/things/${KNOWN}`, { method, headers: { 'If-None-Match': tag } });
  const ifMatch = (tag: string, method: string) =>
    call(`/api/things/${KNOWN}`, { method, headers: { 'If-Match': tag } });

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
    expect((await ifNoneMatch('"3-owner"', 'PATCH')).status).to.equal(200);
  });

  it('change when If-Match names the version', async () => {
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      for (const tag of ['"3-owner"', '"3"', '*', '"2-gm", "3-gm"']) {
        expect((await ifMatch(tag, method)).status, `${method} ${tag}`).to.be.oneOf([200, 204]);
      }
    }
  });

  it('answer 412 when it does not, or is weak or no tag at all', async () => {
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      for (const tag of ['"2-owner"', 'W/"3-owner"', '3', '"three"', '"3-"', '"3-owner-x"', '', '"*"']) {
        await expectProblem(await ifMatch(tag, method), 412, 'version_conflict');
      }
    }
  });
});
