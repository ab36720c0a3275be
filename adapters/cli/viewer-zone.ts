/**
 * The time zone of whoever sits here: TZ, where it names one (it may also hold a rule of POSIX), else the system's.
 * UTC where that is unknown: under a TZ that names nothing Intl answers undefined, whatever its type says.
 */
export function viewerZone(env: Readonly<Record<string, string | undefined>>): string {
  const named = (env.TZ ?? '').replace(/^:/, '');
  return [named, new Intl.DateTimeFormat().resolvedOptions().timeZone].find(isZone) ?? 'UTC';
}

function isZone(name: string | undefined): boolean {
  if (name === undefined || !/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
