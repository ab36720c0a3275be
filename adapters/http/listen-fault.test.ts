import { expect } from 'chai';
import { listenFault } from './listen-fault.ts';

describe('listenFault', () => {
  it('names the setting that is to blame, and never the database', () => {
    for (const [code, words] of [
      ['EADDRINUSE', 'already in use'],
      ['EACCES', '--port, from 1024 on'],
      ['EADDRNOTAVAIL', 'no address of this machine'],
      ['EINVAL', 'no address of this machine'],
      ['EAFNOSUPPORT', 'no address of this machine'],
      ['ENOTFOUND', 'Correct HOST'],
      ['EAI_AGAIN', 'Correct HOST'],
      ['EMFILE', 'cannot listen on port 80 of here'],
    ] as const) {
      const { kind, message } = listenFault('here', 80, Object.assign(new Error('x'), { code }));
      expect(kind, code).to.equal('unavailable');
      expect(message, code)
        .to.contain(words)
        .and.not.match(/database/i);
    }
  });
});
