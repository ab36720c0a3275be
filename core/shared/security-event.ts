import type { ErrorCode } from './errors.ts';

/**
 * What the log tells those who watch over security, by the names of OWASP's Logging Vocabulary, and how grave each is.
 */
export const SECURITY_EVENTS = {
  authn_login_success: 'info',
  authn_login_fail: 'warn',
  authn_token_created: 'info',
  authn_token_revoked: 'info',
  authn_token_reuse: 'warn',
  authn_password_change: 'info',
  authn_password_change_fail: 'warn',
  authz_fail: 'warn',
  authz_change: 'info',
  privilege_permissions_changed: 'info',
  user_created: 'info',
  user_updated: 'info',
  // Every client makes such mistakes, and the access log counts them.
  input_validation_fail: 'debug',
  excess_rate_limit_exceeded: 'warn',
  sys_startup: 'info',
  sys_shutdown: 'info',
} as const satisfies Record<string, 'info' | 'warn' | 'debug'>;

export type SecurityEvent = keyof typeof SECURITY_EVENTS;

/** What an operation is to tell when it is done, or when it ends with a fault. */
export type SecurityEvents = Readonly<Partial<Record<'done' | ErrorCode, readonly SecurityEvent[]>>>;
