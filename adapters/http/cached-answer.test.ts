import { expect } from 'chai';
import { bytesOf, cachedAnswers } from './cached-answer.ts';

describe('a cached answer', () => {
  const answer = { status: 200, body: bytesOf('{"name":"“Ünder” 🐉"}'), etag: '3-owner', next: null };

  it('comes back from JSON byte by byte', () => {
    const json: unknown = JSON.parse(JSON.stringify(cachedAnswers.toJson(answer)));
    expect(cachedAnswers.fromJson(json)).to.deep.equal(answer);
  });

  it('is none where anything of it is missing or of another kind', () => {
    const json = cachedAnswers.toJson(answer);
    const odd = [{ status: '200' }, { json: 7 }, { json: undefined }, { etag: 1 }, { next: undefined }];
    for (const each of odd) expect(cachedAnswers.fromJson({ ...json, ...each })).to.equal(null);
    expect([null, 'x', []].map(cachedAnswers.fromJson)).to.deep.equal([null, null, null]);
  });

  it('holds no memory but its own', () => {
    expect(answer.body.buffer.byteLength).to.equal(answer.body.length);
  });
});
