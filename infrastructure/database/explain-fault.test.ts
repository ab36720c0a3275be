import { expect } from 'chai';
import { explainFault } from './explain-fault.ts';

const ignore = (): void => undefined;

function failed(code: string, syscall?: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code }, syscall === undefined ? {} : { syscall });
}

describe('explainFault', () => {
  it('knows a database that is away by what was attempted on its socket', () => {
    for (const error of [
      failed('ECONNREFUSED', 'connect'),
      failed('ENOENT', 'connect'),
      failed('ENOTFOUND', 'getaddrinfo'),
      failed('ECONNRESET', 'read'),
      failed('EPIPE', 'write'),
      failed('57P03'),
      failed('08006'),
      new Error('timeout exceeded when trying to connect'),
      new Error('wrapped', { cause: failed('ECONNREFUSED', 'connect') }),
    ]) {
      expect(explainFault(error, ignore)?.message, String(error)).to.contain('does not answer just now');
    }
  });

  it('does not take the fault of a file, a program or our own door for it', () => {
    for (const error of [
      failed('ENOENT', 'open'),
      failed('ENOENT', 'stat'),
      failed('ENOENT', 'spawn vi'),
      failed('EMFILE', 'open'),
      failed('EADDRNOTAVAIL', 'listen'),
      failed('ENOSPC', 'write'),
      failed('EACCES', 'mkdir'),
    ]) {
      expect(explainFault(error, ignore), String(error)).to.equal(null);
    }
  });

  it('tells a full disk of the database, one that can only be read, and a machine that is out of files', () => {
    expect(explainFault(failed('53100'), ignore)?.message).to.match(/^The disk of the database is full/);
    expect(explainFault(failed('25006'), ignore)?.message).to.contain('only be read');
    for (const code of ['EMFILE', 'ENFILE', 'EADDRNOTAVAIL']) {
      expect(explainFault(failed(code, 'connect'), ignore)?.message, code).to.match(/^This machine is short of/);
    }
  });
});
