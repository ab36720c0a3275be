import { type FileHandle, constants, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedDatabaseError, errorCode, explainFileError } from './embedded-database-error.ts';
import type { PostgresAccount } from './postgres-account.ts';

/** A first start takes about a second, recovery after a crash longer; nobody holds the lock while working. */
const patienceMs = 180_000;

/** Runs the work while no other process (nor another part of this one) holds the lock; a killed holder lets go. */
export async function withFileLock<T>(
  path: string,
  account: PostgresAccount | null,
  work: () => Promise<T>,
  patience: number = patienceMs,
): Promise<T> {
  const tryLock = await loadTryLock();
  const deadline = performance.now() + patience;
  for (;;) {
    const file = await openLockFile(path, account);
    try {
      // Polled, not awaited in the library: each of its waiters blocks one of the four threads that file access needs.
      while (!tryLock(file.fd)) {
        if (performance.now() > deadline) throw heldTooLong(path);
        await sleep(5 + Math.random() * 10);
      }
      if (await isStillAt(path, file)) return await work();
    } finally {
      await file.close();
    }
  }
}

/** Loaded at the first use: programs with a DATABASE_URL do without. */
async function loadTryLock(): Promise<(fd: number) => boolean> {
  try {
    return (await import('fs-native-extensions')).tryLock;
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `The embedded database does not run on this platform (${process.platform}-${process.arch}): ` +
        'set DATABASE_URL to a PostgreSQL of your own.',
      { cause: error },
    );
  }
}

async function openLockFile(path: string, account: PostgresAccount | null): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  try {
    const file = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    // The owner of the cluster may also come without root, and needs the same lock.
    if (account && (await file.stat()).uid !== account.uid) await file.chown(account.uid, account.gid);
    return file;
  } catch (error) {
    throw explainFileError(error, path);
  }
}

/** Whoever waited on a file that was removed meanwhile would hold a lock that nobody else sees. */
async function isStillAt(path: string, file: FileHandle): Promise<boolean> {
  const mine = await file.stat();
  try {
    const there = await stat(path);
    return there.ino === mine.ino && there.dev === mine.dev;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function heldTooLong(path: string): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    `Another process has been starting or stopping the embedded database for minutes (it holds ${path}): ` +
      `see which one hangs (fuser ${path}), end it and try again.`,
  );
}
