/** The part of the package that this folder uses. Locks belong to the open file and end with it, at the latest. */
declare module 'fs-native-extensions' {
  /** Tries for an exclusive lock on the whole file; false when another open file holds one. */
  export function tryLock(fd: number): boolean;
}
