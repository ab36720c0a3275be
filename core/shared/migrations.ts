interface Migration {
  readonly name: string;
  /** Null while it is pending. */
  readonly executedAt: Date | null;
}

/** The schema's versions. Of several processes that migrate at once one works and the others wait for it. */
export interface Migrations {
  /** Applies what is pending; answers the names. */
  up(): Promise<readonly string[]>;
  /** Reverts the last one; answers its name, or none. */
  down(): Promise<readonly string[]>;
  status(): Promise<readonly Migration[]>;
  /** Writes a migration for what the row schemas have and the database has not; answers its path. */
  create(name: string): Promise<string>;
}
