/** What was written in the editor could not be saved, because of `cause`. The message says where it is kept. */
export class UnsavedError extends Error {
  override readonly name = 'UnsavedError';

  constructor(cause: unknown, message: string) {
    super(message, { cause });
  }
}
