/** A change of some fields of T: what is undefined or absent stays as it is. */
export type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** The new value where one was given, null included; else the old one. */
export function given<T>(change: T | undefined, current: T): T {
  return change === undefined ? current : change;
}

/** With the changes that are given; the very same value where they change nothing. */
export function changed<T extends object>(value: T, changes: Changes<T>): T {
  const next = { ...value };
  let differs = false;
  for (const name in value) {
    const change = changes[name];
    if (change === undefined || isSame(change, value[name])) continue;
    next[name] = change;
    differs = true;
  }
  return differs ? next : value;
}

/** Of what fields hold: texts, numbers, moments, lists and records of these. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  const entries = Object.entries(one);
  const others = new Map<string, unknown>(Object.entries(other));
  return (
    Array.isArray(one) === Array.isArray(other) &&
    entries.length === others.size &&
    entries.every(([name, value]) => others.has(name) && isSame(value, others.get(name)))
  );
}
