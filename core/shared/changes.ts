/** A change of some fields of T: what is undefined or absent stays as it is. */
export type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** The new value where one was given, null included; else the old one. */
export function given<T>(change: T | undefined, current: T): T {
  return change === undefined ? current : change;
}
