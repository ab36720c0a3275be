interface Migration {
  readonly name: string;
  /** Null while it is pending. */
  readonly executedAt: Date | null;
}

/** What of the data reverting would take: a whole table, a column of one that stays, or rows that it changes or deletes. */
export interface Loss {
  readonly kind: 'table' | 'column' | 'rows';
  readonly table: string;
  /** Null but for a column. */
  readonly column: string | null;
  /** Of the rows, or of the column's values. */
  readonly count: number;
}

export interface Revert {
  readonly name: string;
  /** Null where that cannot be tried beforehand. */
  readonly losses: readonly Loss[] | null;
}

/** The schema's versions. Of several processes that migrate at once one works and the others wait for it. */
export interface Migrations {
  /** Applies what is pending; answers the names. */
  up(): Promise<readonly string[]>;
  /**
   * Reverts the last one, once `approve` has heard what is lost with it; answers its name, or none. Whoever was kept out
   * stays out: what would let in a suspended user, or bring back what was ended or deleted, is not reverted.
   * @throws DomainError `illegal_transition` for that, or beside a server that runs; and whatever `approve` throws
   */
  down(approve: (revert: Revert) => Promise<void>): Promise<readonly string[]>;
  status(): Promise<readonly Migration[]>;
  /** Writes a migration for what the row schemas have and the database has not; answers its path. */
  create(name: string): Promise<string>;
}
