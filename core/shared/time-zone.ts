import { invalidField } from './errors.ts';
import { placesOf } from './zone-abbreviations.ts';

/**
 * @returns the name as the IANA database spells it, when it is one of its time zones: `Europe/Berlin` for
 * `europe/berlin`. An alias stays the alias that was given. @throws DomainError `validation_failed` on `timeZone`
 */
export function checkTimeZone(name: string): string {
  const spelling = zoneSpelling(name);
  if (spelling === null) throw invalidField('timeZone', zoneFault(name));
  return spelling;
}

/** How the IANA database spells it; null for what is none of its time zones. */
export function zoneSpelling(name: string): string | null {
  const spelling = known.get(name) ?? spellingOf(name);
  if (spelling !== null && known.size < MAX_KNOWN) known.set(name, spelling);
  return spelling;
}

/** What is to be done about a name that is no time zone; completes the sentence "<option> …". */
export function zoneFault(name: string): string {
  const abbreviation = name.trim().toUpperCase();
  const places = placesOf(abbreviation);
  return places === ''
    ? 'must be an IANA time zone such as Europe/Berlin or UTC'
    : `must name a place: ${abbreviation} is an abbreviation. Is it ${places}?`;
}

/** Spellings that were found to be right, letter case included: asking Intl takes longer than all else of a session. */
const known = new Map<string, string>();
const MAX_KNOWN = 2000;

/** Intl takes offsets and abbreviations (`IST`) as well, which say nothing of summer time or more than one thing. */
function spellingOf(name: string): string | null {
  const key = name.toLowerCase();
  const alone = ALONE.get(key);
  if (alone !== undefined) return alone;
  const canonical = AREA.test(name) ? canonicalName(name) : null;
  if (canonical === null) return null;
  // Of an alias, Intl tells the zone that it stands for, and not how it is spelled itself.
  return canonical.toLowerCase() === key ? canonical : key.replaceAll(/[a-z]+/g, spelledWord);
}

const AREA =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)\/[a-z0-9_+/-]+$/i;

function canonicalName(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function spelledWord(word: string): string {
  return ODD_WORDS.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1);
}

const ODD_WORDS = byLowerCase([
  ...['of', 'es', 'au', 'IN', 'ACT', 'LHI', 'NSW', 'GMT', 'UTC', 'UCT', 'US'],
  ...['DeNoronha', 'EasterIsland', 'BajaNorte', 'BajaSur', 'ComodRivadavia'],
]);

/** Those of the IANA database that name no area. EST and MST are left out: they have no summer time, and surprise. */
const ALONE = byLowerCase(
  (
    'CET CST6CDT Cuba EET EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran ' +
    'Israel Jamaica Japan Kwajalein Libya MET MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK ' +
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu'
  ).split(' '),
);

function byLowerCase(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}
