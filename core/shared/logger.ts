/** Structured log lines: an event's stable name and its fields. Never a password, token, hash or key. */
export interface Logger {
  error(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
