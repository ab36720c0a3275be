import { expect } from 'chai';
import { codeOf } from '../../infrastructure/contracts/fault-of.ts';
import { makeCursors } from './cursor.ts';

const KEY = new Uint8Array(32).fill(1);
const OLD_KEY = new Uint8Array(32).fill(2);
const SCOPE = 'listThings of Anna';
const POSITION = ['2026-11-23T19:00:00.000Z', 7, null, 'Größe 🐉'];

const cursors = makeCursors(KEY);

describe('cursors', () => {
  it('give back the position that they were made of', () => {
    expect(cursors.decode(SCOPE, cursors.encode(SCOPE, POSITION))).to.deep.equal(POSITION);
    expect(cursors.encode(SCOPE, POSITION)).to.match(/^[A-Za-z0-9_-]+$/);
  });

  it('are refused for another list', async () => {
    const cursor = cursors.encode(SCOPE, POSITION);
    for (const other of ['', 'listThings of Berta', `${SCOPE}\0`, SCOPE.slice(0, -1)]) {
      expect(await codeOf(() => cursors.decode(other, cursor)), other).to.equal('invalid_cursor');
    }
  });

  it('are refused with any character altered or missing', async () => {
    const cursor = cursors.encode(SCOPE, POSITION);
    for (let at = 0; at < cursor.length; at += 1) {
      for (const other of [cursor[at] === 'A' ? 'B' : 'A', '', '=', ' ', '+']) {
        const altered = cursor.slice(0, at) + other + cursor.slice(at + 1);
        expect(await codeOf(() => cursors.decode(SCOPE, altered)), `${at} ${other}`).to.equal('invalid_cursor');
      }
    }
  });

  it('are refused when they are something else altogether', async () => {
    for (const text of ['', 'x', 'A'.repeat(21), 'A'.repeat(22), 'null', '[]', 'W10', 'A'.repeat(2000)]) {
      expect(await codeOf(() => cursors.decode(SCOPE, text)), text).to.equal('invalid_cursor');
    }
  });

  describe('while the key is rotated', () => {
    const before = makeCursors(OLD_KEY);
    const during = makeCursors(KEY, OLD_KEY);

    it('are taken with the key before it, and no longer once that is gone', async () => {
      const cursor = before.encode(SCOPE, POSITION);
      expect(during.decode(SCOPE, cursor)).to.deep.equal(POSITION);
      expect(await codeOf(() => cursors.decode(SCOPE, cursor))).to.equal('invalid_cursor');
    });

    it('are signed with the new key only', async () => {
      const cursor = during.encode(SCOPE, POSITION);
      expect(cursors.decode(SCOPE, cursor)).to.deep.equal(POSITION);
      expect(await codeOf(() => before.decode(SCOPE, cursor))).to.equal('invalid_cursor');
    });

    it('are held to the list and to the letter with the key before it too', async () => {
      const cursor = before.encode(SCOPE, POSITION);
      const strange = makeCursors(new Uint8Array(32).fill(3)).encode(SCOPE, POSITION);
      expect(await codeOf(() => during.decode('another list', cursor))).to.equal('invalid_cursor');
      expect(await codeOf(() => during.decode(SCOPE, `${cursor}A`))).to.equal('invalid_cursor');
      expect(await codeOf(() => during.decode(SCOPE, strange))).to.equal('invalid_cursor');
    });
  });
});
