const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'the file would be too large',
  EIO: 'the disk or the terminal fails',
  EBADF: 'it is closed',
};

/** What a command printed did not reach the file or device that it was sent to. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(cause: Error) {
    const code = 'code' in cause ? String(cause.code) : cause.message;
    const reason = REASONS[code] === undefined ? code : `${REASONS[code]}, ${code}`;
    super(
      `Standard output cannot be written to (${reason}). What the command was to change is changed; ` +
        'send what it prints elsewhere.',
      { cause },
    );
  }
}
