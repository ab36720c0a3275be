import { invalidField } from '../shared/errors.ts';

/** @returns the name, when it is one of the IANA time zones. @throws DomainError `validation_failed` on `timeZone` */
export function checkTimeZone(name: string): string {
  // Intl takes offsets such as +01:00 as well; those say nothing of summer time, so they are no zone to plan in.
  if (!/^[A-Za-z]/.test(name) || !isKnown(name)) {
    throw invalidField('timeZone', 'must be an IANA time zone such as Europe/Berlin or UTC');
  }
  return name;
}

/** Spellings that were found to be right, letter case included: asking Intl takes longer than all else of a session. */
const known = new Set<string>();
const MAX_KNOWN = 2000;

function isKnown(name: string): boolean {
  if (known.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    if (known.size < MAX_KNOWN) known.add(name);
    return true;
  } catch {
    return false;
  }
}
