import { expect } from 'chai';
import { withEcho, withoutEcho } from './echo.ts';

const LONG = 'ü🐉'.repeat(200);

describe('the echo of a request in its answer', () => {
  for (const [what, answer, request, echoed] of [
    ['a long text', { id: '1', description: LONG }, { description: LONG }, ['description']],
    ['a long list', { tags: ['a', LONG] }, { tags: ['a', LONG] }, ['tags']],
    ['a record of texts', { stats: { text: LONG } }, { stats: { text: LONG } }, ['stats']],
    ['two texts', { a: LONG, b: `${LONG}b` }, { b: `${LONG}b`, a: LONG }, ['a', 'b']],
    [
      'a field with an odd name',
      JSON.parse(`{"__proto__": "${LONG}"}`),
      JSON.parse(`{"__proto__": "${LONG}"}`),
      ['__proto__'],
    ],
    ['nothing of a short text', { name: 'x' }, { name: 'x' }, []],
    ['nothing of a text that was changed', { description: LONG }, { description: `${LONG} ` }, []],
    ['nothing of what was not sent', { description: LONG }, {}, []],
    ['nothing of another field', { description: LONG }, { notes: LONG }, []],
    ['nothing of no body', undefined, { description: LONG }, []],
    ['nothing of a list', [LONG], [LONG], []],
    ['nothing of null', null, null, []],
  ] as const) {
    it(`is ${what}, and comes back whole`, () => {
      const stored = withoutEcho(answer, request);
      expect(stored.echoed).to.deep.equal(echoed);
      if (echoed.length > 0) expect(JSON.stringify(stored)).not.to.include('🐉');
      const read: typeof stored = { ...stored, body: stored.body && JSON.parse(JSON.stringify(stored.body)) };
      expect(withEcho(read, request)).to.deep.equal(answer);
    });
  }
});
