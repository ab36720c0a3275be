import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { makeLineBatches } from './line-batches.ts';

describe('lines in batches', () => {
  it('are written in order at the end of the turn in which they came, in one piece', async () => {
    const written: string[] = [];
    const { add } = makeLineBatches((lines) => written.push(lines));
    for (const line of ['one\n', 'two\n', 'three\n']) add(line);
    expect(written).to.deep.equal([]);
    await turn();
    expect(written).to.deep.equal(['one\ntwo\nthree\n']);
    add('four\n');
    await turn();
    expect(written).to.deep.equal(['one\ntwo\nthree\n', 'four\n']);
  });

  it('are written at once where the process is about to end, and once only', async () => {
    const written: string[] = [];
    const { add, flush } = makeLineBatches((lines) => written.push(lines));
    add('last words');
    flush();
    flush();
    await turn();
    expect(written).to.deep.equal(['last words']);
  });
});
