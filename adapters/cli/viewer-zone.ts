import { realpathSync } from 'node:fs';
import { zoneFault, zoneSpelling } from '../../core/shared/time-zone.ts';
import { misused } from './misused.ts';

/** Under it a time zone's file lies, wherever the system keeps them. */
const FOLDER = '/zoneinfo/';
/** POSIX's hours west of UTC, as in `JST-9` or `<+03>-3`, without summer time. */
const FIXED = /^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)0?(\d{1,2})(?::00)?$/;
const RULE = /^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?\d/;

/**
 * The time zone of whoever sits here: TZ's, which is a name, a file or a rule of POSIX; where it is not set, the system's.
 * @throws DomainError `validation_failed` for a TZ that names no zone: to take UTC would show and store wrong times
 */
export function viewerZone(env: Readonly<Record<string, string | undefined>>): string {
  const typed = env.TZ ?? '';
  if (typed === '') return systemZone(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const named = typed.replace(/^:/, '');
  const zone = zoneSpelling(named) ?? zoneOfFile(named) ?? zoneOfRule(named);
  if (zone !== null) return zone;
  const what = RULE.test(named) ? 'is a rule, and names no place' : zoneFault(named);
  throw misused(`The environment variable TZ="${typed}" ${what}. Set it to a zone such as TZ=Europe/Berlin.`);
}

/** Where the system has none, Intl answers undefined, whatever its type says; clocks show UTC there. */
function systemZone(named: string | undefined): string {
  return (named === undefined ? null : zoneSpelling(named)) ?? 'UTC';
}

function zoneOfFile(path: string): string | null {
  const file = path.includes(FOLDER) ? path : targetOf(path);
  const [, named] = file.split(FOLDER);
  // Two folders in it hold the same zones once more.
  return named === undefined ? null : zoneSpelling(named.replace(/^(?:posix|right)\//, ''));
}

/** Where /etc/localtime leads to, say. Empty where it leads nowhere. */
function targetOf(path: string): string {
  if (!path.startsWith('/')) return '';
  try {
    return realpathSync(path);
  } catch {
    return '';
  }
}

function zoneOfRule(rule: string): string | null {
  const [, sign = '', hours] = FIXED.exec(rule) ?? [];
  if (hours === undefined) return null;
  // The signs of these zones are POSIX's: Etc/GMT-9 is ahead of UTC.
  return Number(hours) === 0 ? 'UTC' : zoneSpelling(`Etc/GMT${sign === '-' ? '-' : '+'}${hours}`);
}
