/**
 * The embedded PostgreSQL cannot be used. The message is for whoever runs the program: what is wrong, and what to do
 * next. The cause holds the technical detail, with the end of PostgreSQL's own log where it failed to start.
 */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

/** The code of a system error (`ENOENT`) or of a PostgreSQL error (`57P03`), or null when there is none. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Turns a failed file operation into advice; what is an EmbeddedDatabaseError already passes unchanged. */
export function explainFileError(error: unknown, path: string): EmbeddedDatabaseError {
  if (error instanceof EmbeddedDatabaseError) return error;
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EmbeddedDatabaseError(`The disk that holds ${path} is full: free some space and try again.`, {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EmbeddedDatabaseError(
        `This user may not write to ${path}: give it access, choose another folder with FOUNDRY_DATA_DIR, ` +
          'or set DATABASE_URL to a PostgreSQL of your own.',
        { cause: error },
      );
    case null:
    default: {
      const reason = error instanceof Error ? error.message : String(error);
      return new EmbeddedDatabaseError(`The embedded database cannot use ${path}: ${reason}`, { cause: error });
    }
  }
}
