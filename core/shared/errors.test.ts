import { expect } from 'chai';
import { DomainError, type ErrorCode, type ErrorKind, invalidField, notFound, rateLimited } from './errors.ts';

/** The contract's table of codes: what a client may rely on. */
const kinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  validation_failed: 'invalid',
  invalid_cursor: 'invalid',
  unauthenticated: 'unauthenticated',
  invalid_credentials: 'unauthenticated',
  token_expired: 'unauthenticated',
  invalid_token: 'unauthenticated',
  refresh_token_reused: 'unauthenticated',
  forbidden: 'forbidden',
  not_found: 'not-found',
  email_taken: 'conflict',
  username_taken: 'conflict',
  session_number_taken: 'conflict',
  illegal_transition: 'conflict',
  last_owner: 'conflict',
  invite_used_up: 'conflict',
  limit_reached: 'conflict',
  registration_closed: 'conflict',
  idempotency_in_flight: 'conflict',
  version_conflict: 'stale',
  idempotency_key_reused: 'unprocessable',
  rate_limited: 'limited',
  unavailable: 'unavailable',
};
const codes = [
  'validation_failed',
  'invalid_cursor',
  'unauthenticated',
  'invalid_credentials',
  'token_expired',
  'invalid_token',
  'refresh_token_reused',
  'forbidden',
  'not_found',
  'email_taken',
  'username_taken',
  'session_number_taken',
  'illegal_transition',
  'last_owner',
  'invite_used_up',
  'limit_reached',
  'version_conflict',
  'rate_limited',
  'unavailable',
] as const;

describe('a domain error', () => {
  for (const code of codes) {
    it(`is of the kind ${kinds[code]} when its code is ${code}`, () => {
      expect(new DomainError(code, 'message').kind).to.equal(kinds[code]);
    });
  }

  it('carries its message, its details and its cause', () => {
    const cause = new Error('cause');
    const details = [{ field: 'name', message: 'is missing' }];
    const error = new DomainError('validation_failed', 'message', details, { cause });

    expect(error).to.be.instanceOf(Error);
    expect(error).to.include({ name: 'DomainError', code: 'validation_failed', message: 'message', cause, details });
  });

  it('names one field at fault', () => {
    const error = invalidField('results.events[2]', 'is too long');

    expect(error.code).to.equal('validation_failed');
    expect(error.details).to.deep.equal([{ field: 'results.events[2]', message: 'is too long' }]);
    expect(error.message).to.equal('results.events[2]: is too long');
  });

  it('tells how long to wait in whole seconds, one at least', () => {
    const fault = rateLimited(1001);

    expect(fault).to.include({ code: 'rate_limited', retryAfterSeconds: 2 });
    expect(fault.message).to.equal('Too many attempts. Try again in 2 seconds.');
    expect(rateLimited(0)).to.include({ retryAfterSeconds: 1 });
    expect(notFound().retryAfterSeconds).to.equal(null);
  });

  it('tells every absence in the same words', () => {
    expect(notFound().code).to.equal('not_found');
    expect(notFound().message).to.equal(notFound().message);
    expect(notFound().details).to.deep.equal([]);
  });
});
