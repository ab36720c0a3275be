/** What readiness depends on. */
export interface Readiness {
  readonly database: 'connected' | 'away';
  readonly migrations: 'current' | 'pending' | 'unknown';
  readonly cache: 'memory' | 'redis' | 'degraded';
  /** False while the server starts or drains. */
  readonly open: boolean;
  readonly at: Date;
}
