import { expect } from 'chai';
import { DomainError } from '../../core/shared/errors.ts';
import type { LogFields } from '../../core/shared/logger.ts';
import { type LogFault, makeLogFault } from './log-fault.ts';

interface Line {
  readonly level: 'warn' | 'error';
  readonly event: string;
  readonly fields: LogFields;
}

function makeLog(): { readonly lines: Line[]; readonly logFault: LogFault; has(count: number): Promise<void> } {
  const lines: Line[] = [];
  const write =
    (level: Line['level']) =>
    (event: string, fields: LogFields = {}): void => {
      lines.push({ level, event, fields });
    };
  return {
    lines,
    logFault: makeLogFault({ warn: write('warn'), error: write('error') }),
    has: async (count) => {
      while (lines.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

/** As an outage makes them: each with another message and a cause. */
function outage(number: number): DomainError {
  const cause = Object.assign(new Error(`connect ECONNREFUSED, try ${number}`), { code: 'ECONNREFUSED' });
  return new DomainError('unavailable', `No database, try ${number}`, [], { cause });
}

describe('the log of faults', () => {
  it('has the first of those that are alike at once, and the last within a second, with how many there were', async () => {
    const { lines, logFault, has } = makeLog();
    for (let number = 1; number <= 1000; number += 1) {
      logFault('unavailable', outage(number), { requestId: String(number) });
    }
    expect(lines).to.have.length(1);
    expect(lines[0]).to.have.nested.property('fields.errors[0].message', 'No database, try 1');
    expect(lines[0]?.fields).to.not.have.property('alike');
    await has(2);
    expect(lines[1]).to.deep.include({ level: 'warn', event: 'unavailable' });
    expect(lines[1]?.fields).to.include({ requestId: '1000', alike: 999 });
    expect(lines[1]).to.have.nested.property('fields.errors[1].message', 'connect ECONNREFUSED, try 1000');
  });

  it('goes on so while they do, and begins anew after a second without any', async () => {
    const { lines, logFault, has } = makeLog();
    const fail = (): void => {
      logFault('unavailable', outage(0));
    };
    fail();
    fail();
    await has(2);
    fail();
    fail();
    expect(lines).to.have.length(2);
    await has(3);
    expect(lines.map(({ fields }) => fields.alike)).to.deep.equal([undefined, 1, 2]);
    // Whatever comes of one more in the window after that, it is told: at once where the window was over.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    fail();
    await has(4);
    expect(lines).to.have.length(4);
  });

  it('tells each kind on its own: by event, name, code, cause and place', () => {
    const { lines, logFault } = makeLog();
    const coded = (code: string): Error => Object.assign(new Error('lost'), { code });
    const caused = (cause: unknown): Error => new Error('lost', { cause });
    const faults: readonly [Parameters<LogFault>[0], unknown][] = [
      ['unavailable', coded('ECONNREFUSED')],
      ['unavailable', coded('57P01')],
      ['unexpected_error', coded('57P01')],
      ['unavailable', caused(coded('57P01'))],
      ['unavailable', caused('a text')],
      ['unexpected_error', new TypeError('here')],
      ['unexpected_error', new TypeError('there')],
      ['unexpected_error', 'a text'],
      ['unexpected_error', null],
    ];
    for (let round = 0; round < 3; round += 1) {
      for (const [event, error] of faults) logFault(event, error);
    }
    expect(lines).to.have.length(faults.length);
    expect(lines.map(({ level }) => level)).to.deep.equal(
      faults.map(([event]) => (event === 'unavailable' ? 'warn' : 'error')),
    );
  });
});
