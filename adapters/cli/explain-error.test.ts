import { expect } from 'chai';
import { Command } from 'commander';
import { DomainError, type ErrorCode } from '../../core/shared/errors.ts';
import { BodyOption, addBodyOptions } from './body-option.ts';
import { explainError } from './explain-error.ts';

function coded(code: string, message = 'it failed', more: object = {}): Error {
  return Object.assign(new Error(message), { code }, more);
}

describe('explainError', () => {
  it('gives each kind of fault its exit code', () => {
    const codes: readonly (readonly [ErrorCode, number])[] = [
      ['validation_failed', 2],
      ['not_found', 3],
      ['unauthenticated', 4],
      ['forbidden', 4],
      ['illegal_transition', 5],
      ['version_conflict', 5],
      ['rate_limited', 6],
      ['unavailable', 6],
    ];
    for (const [code, expected] of codes) {
      expect(explainError(new DomainError(code, 'This is why.'), null), code).to.deep.equal({
        exitCode: expected,
        message: 'This is why.',
      });
    }
  });

  it('tells faults in the words of the options', () => {
    const command = addBodyOptions(new Command('update').option('--tz <zone>'), [
      new BodyOption('--players <count>', 'playerCount', 'integer', ''),
      new BodyOption('--event <text>', 'events', 'texts', ''),
    ]);
    const error = new DomainError('validation_failed', 'bad', [
      { field: 'playerCount', message: 'must be 20 or less' },
      { field: 'events[2]', message: 'must not be empty' },
      { field: 'colour', message: 'is not a field that this takes' },
    ]);
    expect(explainError(error, command)).to.deep.equal({
      exitCode: 2,
      message: '--players must be 20 or less; --event[2] must not be empty; colour is not a field that this takes.',
    });
  });

  it('knows a database that cannot be reached, however deep the cause', () => {
    const away = [
      coded('ECONNREFUSED'),
      coded('ENOENT', 'connect ENOENT /run/x', { syscall: 'connect' }),
      coded('57P03'),
      coded('08006'),
      coded('28P01'),
      coded('42P01'),
      new Error('timeout exceeded when trying to connect'),
      new Error('wrapped', { cause: new AggregateError([coded('ECONNREFUSED')]) }),
    ];
    for (const error of away) expect(explainError(error, null).exitCode, String(error)).to.equal(6);
    expect(explainError(coded('42P01'), null).message).to.contain('foundry migrate up');
  });

  it('says nothing of an unknown fault, which may hold a secret', () => {
    const { exitCode, message } = explainError(new Error('postgres://root:hunter2@db'), null);
    expect(exitCode).to.equal(1);
    expect(message).to.contain('--verbose').and.not.contain('hunter2');
    expect(explainError(coded('ENOENT', 'open x', { syscall: 'open' }), null).exitCode).to.equal(1);
  });

  it('takes the messages of the configuration and of the embedded database as they are', () => {
    const named = (name: string): Error => Object.assign(new Error('PORT must be a number\nHOST too'), { name });
    expect(explainError(named('ConfigError'), null)).to.deep.equal({
      exitCode: 2,
      message: 'PORT must be a number\nHOST too',
    });
    expect(explainError(named('EmbeddedDatabaseError'), null).exitCode).to.equal(6);
  });
});
