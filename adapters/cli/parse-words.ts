import { ABBREVIATIONS, placesOf } from '../../core/shared/zone-abbreviations.ts';
import { wallOf } from '../../core/shared/moment.ts';
import { misused } from './misused.ts';

/** What a text says: a moment, a time on the wall, or whole days by their midnights, as milliseconds in UTC. */
export type Said =
  { readonly at: Date } | { readonly wall: number } | { readonly firstDay: number; readonly lastDay: number };

export interface Question {
  /** As it was typed. */
  readonly text: string;
  /** Of whom to complain: `--at`. */
  readonly option: string;
  /** IANA name: where a date without an offset is meant. */
  readonly zone: string;
  readonly now: Date;
  /** What it is for. An appointment has a time and lies ahead; a filter looks back, and takes days as a whole. */
  readonly use: 'appointment' | 'from' | 'to';
}

const DAY = 86_400_000;
/** A whole week, and its like. */
const PERIOD = /\b(this|last|next) (week|weekend|month|year)\b/;
/** 5/12/2026 is the fifth of December to some and the twelfth of May to others. */
const EITHER_WAY = /(?<![\d:])\d{1,2}(?:[/-]\d{1,2}(?:[/-]\d{2,4})?|\.\d{1,2}\.(?:\d{2,4})?)(?![\d:])/;
const YEAR_FIRST = /\b\d{4}[/-]\d{1,2}[/-]\d{1,2}(?!\d)/g;
/** 19.30 is a time; 7.12 may be one, or a day, where nothing else says of which it is. */
const DOTTED = /(?<![\d:.])(\d{1,2})\.(\d{1,2})(?![\d:.])/;
const DAY_OR_CLOCK = /[a-z]{3}|\d{4}-|\d:\d\d/;

/** Dates in words, such as `next friday 19:00`. @throws DomainError `validation_failed` for what is not quite understood */
export async function parseWords(question: Question): Promise<Said> {
  const { option, now, zone, use } = question;
  const typed = normalized(question.text);
  const wallNow = wallOf(now, zone);
  const [period, which = '', unit = ''] = PERIOD.exec(typed) ?? [];
  if (period === typed) {
    if (use === 'appointment')
      throw misused(`${option}: "${question.text}" is no day. On which one, and at what time?`);
    return daysOf(which, unit, dayOf(wallNow));
  }
  expectOneReading(typed, question);
  const text = typed.replaceAll(YEAR_FIRST, (day) => day.replaceAll('/', '-')).replace(DOTTED, '$1:$2');

  const { casual } = await import('chrono-node/en');
  const looksBack = use !== 'appointment' || /\b(?:last|ago|yesterday)\b/.test(text);
  const reference = { instant: now, timezone: (wallNow - now.getTime()) / 60_000 };
  const [found, ...others] = casual.parse(text, reference, { forwardDate: !looksBack });
  const start = found?.start;
  const saysDay = period === undefined || start?.isCertain('weekday') === true;
  // It finds dates in whole sentences. A word that it skipped may be the one that mattered.
  if (start === undefined || others.length > 0 || found?.text !== text || found.end || !saysDay) {
    throw misused(
      `${option}: "${question.text}" is not a date that is understood. Try "2026-12-05 19:00" or "friday 19:00".`,
    );
  }
  if (start.isCertain('timezoneOffset')) {
    expectNoAbbreviation(text, question);
    const unitMs = start.get('second') ? 1000 : 60_000;
    return { at: new Date(Math.floor(start.date().getTime() / unitMs) * unitMs) };
  }

  const part = (name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'): number => start.get(name) ?? 0;
  const hasTime = start.isCertain('hour');
  const time = hasTime ? ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000 : 0;
  const isFree = (day: number): boolean => (looksBack ? day + time <= wallNow : day + time > wallNow);
  const said = (day: number, lastDay = day): Said => (hasTime ? { wall: day + time } : { firstDay: day, lastDay });

  const weekday = start.get('weekday');
  if (weekday !== null && start.isCertain('weekday') && start.isCertain('day')) {
    const named = new Date(Date.UTC(part('year'), part('month') - 1, part('day'))).getUTCDay();
    if (named !== weekday) {
      throw misused(`${option}: "${question.text}" names a weekday and a day that is another one. Which is meant?`);
    }
  }
  if (start.isCertain('weekday') && weekday !== null && !start.isCertain('day') && !/\bnext\b/.test(text)) {
    const coming = dayOf(wallNow) + ((weekday - new Date(wallNow).getUTCDay() + 7) % 7) * DAY;
    if (/\blast\b/.test(text)) return said(coming - 7 * DAY);
    const ofThisWeek = weekOf(dayOf(wallNow)) + ((weekday + 6) % 7) * DAY;
    if (/\bthis\b/.test(text) && (use !== 'appointment' || isFree(ofThisWeek))) return said(ofThisWeek);
    if (isFree(coming)) return said(coming);
    return said(looksBack ? coming - 7 * DAY : coming + 7 * DAY);
  }
  const monthOnly = start.isCertain('month') && !start.isCertain('day');
  const dateIn = (year: number): number => Date.UTC(year, part('month') - 1, monthOnly ? 1 : part('day'));
  let day = dateIn(part('year'));
  if (looksBack && !isFree(day) && !start.isCertain('year')) {
    if (start.isCertain('month')) day = dateIn(part('year') - 1);
    else if (hasTime && !start.isCertain('day') && !start.isCertain('weekday')) day -= DAY;
  }
  if (!monthOnly) return said(day);
  if (hasTime) throw misused(`${option}: "${question.text}" names no day. Write it as 2026-12-05 19:00.`);
  return said(day, Date.UTC(new Date(day).getUTCFullYear(), part('month'), 0));
}

function normalized(text: string): string {
  const words = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  return words.replace(/\b(?:past|previous)\b/, 'last');
}

/** @throws DomainError `validation_failed` for what some read in one way and some in another */
function expectOneReading(text: string, { option, text: typed }: Question): void {
  const rest = text.replaceAll(YEAR_FIRST, '');
  const [dotted, , minutes = ''] = DOTTED.exec(rest) ?? [];
  const isTime = minutes.length === 2 && (Number(minutes) > 12 || DAY_OR_CLOCK.test(text.replace(dotted ?? '', '')));
  const hasClock = /\d:\d\d|\d ?[ap]\.?m\b/.test(text);
  if (EITHER_WAY.test(rest) || (dotted !== undefined && (!isTime || hasClock) && !/\d ?[ap]\.?m\b/.test(text))) {
    throw misused(`${option}: in "${typed}", which is the day and which the month? Write it as 2026-12-05 19:00.`);
  }
  const last = lastWord(text);
  if (ABBREVIATIONS.has(last)) {
    throw misused(`${option}: in "${typed}", is ${last} ${placesOf(last)}? Leave it out, and give --tz.`);
  }
}

/** One that the library knows, and takes for the same offset all year. `in 2 hours` has its offset from now. */
function expectNoAbbreviation(text: string, { option, text: typed }: Question): void {
  const last = lastWord(text);
  if (
    !/\d ?[ap]?\.?m?\.? ?[a-z]{2,5}$/.test(text) ||
    /^(?:UTC|GMT|[AP]M|HOURS?|HRS?|MINS?|SEC|DAYS?|WEEKS?)$/.test(last)
  )
    return;
  throw misused(`${option}: in "${typed}", where is ${last}? Leave it out, and give --tz.`);
}

function lastWord(text: string): string {
  return (/(?:^|[\s\d])([a-z]{2,5})$/.exec(text)?.[1] ?? '').toUpperCase();
}

/** The days of this week, of the last month, of the next year: weeks begin on Monday, as in ISO 8601. */
function daysOf(which: string, unit: string, today: number): Said {
  const shift = which === 'this' ? 0 : which === 'last' ? -1 : 1;
  const date = new Date(today);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const monday = weekOf(today) + shift * 7 * DAY;
  switch (unit) {
    case 'week':
      return { firstDay: monday, lastDay: monday + 6 * DAY };
    case 'weekend':
      return { firstDay: monday + 5 * DAY, lastDay: monday + 6 * DAY };
    case 'month':
      return { firstDay: Date.UTC(year, month + shift), lastDay: Date.UTC(year, month + shift + 1, 0) };
    default:
      return { firstDay: Date.UTC(year + shift, 0), lastDay: Date.UTC(year + shift, 11, 31) };
  }
}

function dayOf(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

/** Its Monday. */
function weekOf(day: number): number {
  return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY;
}
