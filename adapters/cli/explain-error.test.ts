import { expect } from 'chai';
import { Command } from 'commander';
import { DomainError, type ErrorCode } from '../../core/shared/errors.ts';
import { BodyOption, addBodyOptions } from './body-option.ts';
import { explainError } from './explain-error.ts';
import { OutputError } from './output-error.ts';
import { UnsavedError } from './unsaved-error.ts';

function coded(code: string, message = 'it failed', more: object = {}): Error {
  return Object.assign(new Error(message), { code }, more);
}

function explain(error: unknown): ReturnType<typeof explainError> {
  return explainError(error, null, () => null);
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
      expect(explain(new DomainError(code, 'This is why.')), code).to.deep.equal({
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
    expect(explainError(error, command, () => null)).to.deep.equal({
      exitCode: 2,
      message: '--players must be 20 or less; --event[2] must not be empty; colour is not a field that this takes.',
    });
  });

  it('tells what the database means by an error that nobody has named, and that it lacks migrations', () => {
    const away = new DomainError('unavailable', 'It is away.');
    const explained = explainError(coded('ECONNREFUSED'), null, () => away);
    expect(explained).to.deep.equal({ exitCode: 6, message: 'It is away.' });
    const wrapped = new Error('wrapped', { cause: new AggregateError([coded('42P01')]) });
    for (const error of [coded('42703'), wrapped]) {
      expect(explain(error).exitCode).to.equal(6);
      expect(explain(error).message).to.contain('foundry migrate up');
    }
  });

  it('tells that what was printed found no place, and where a text is kept', () => {
    expect(explain(new OutputError(coded('ENOSPC')))).to.deep.equal({
      exitCode: 1,
      message:
        'Standard output cannot be written to (the disk is full, ENOSPC). What the command was to change is changed; ' +
        'send what it prints elsewhere.',
    });
    const unsaved = new UnsavedError(
      new DomainError('version_conflict', 'Somebody was faster.'),
      'Kept in x\u001b[1m.',
    );
    expect(explain(unsaved)).to.deep.equal({ exitCode: 5, message: 'Somebody was faster.\nKept in x�[1m.' });
  });

  it('says nothing of an unknown fault, which may hold a secret', () => {
    const { exitCode, message } = explain(new Error('postgres://root:hunter2@db'));
    expect(exitCode).to.equal(1);
    expect(message).to.contain('--verbose').and.not.contain('hunter2');
  });

  it('takes the messages of the configuration and of the embedded database as they are', () => {
    const named = (name: string): Error => Object.assign(new Error('PORT must be a number\nHOST too'), { name });
    expect(explain(named('ConfigError'))).to.deep.equal({
      exitCode: 2,
      message: 'PORT must be a number\nHOST too',
    });
    expect(explain(named('EmbeddedDatabaseError')).exitCode).to.equal(6);
  });
});
