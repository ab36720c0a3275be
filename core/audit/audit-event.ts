/** What can be done to something so that somebody may ask later who did it. */
export const AUDIT_ACTIONS = [
  'created',
  'changed',
  'reset',
  'begun',
  'ended',
  'reused',
  'revoked',
  'removed',
  'deleted',
  'restored',
  'suspended',
  'activated',
] as const;

/** One line of the history of who did what: written once, never changed. */
export interface AuditEvent {
  readonly id: string;
  readonly at: Date;
  /** Null for an admin on this machine. */
  readonly actorId: string | null;
  readonly action: (typeof AUDIT_ACTIONS)[number];
  /** The noun of the subject, in the singular: `user`, `api-token`, `session`. */
  readonly subjectKind: string;
  readonly subjectId: string;
  /** Null for what belongs to no campaign. */
  readonly campaignId: string | null;
  /** A few plain facts. Never a secret, nor a text that somebody wrote: this outlives what it tells of. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}
