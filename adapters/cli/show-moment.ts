import { wallOf, withOffset } from '../../core/shared/moment.ts';

/** Where and when something is shown. */
export interface Display {
  /** The viewer's. */
  readonly zone: string;
  readonly now: Date;
  /** People read words; programs at the other end of a pipe read ISO 8601. */
  readonly isTerminal: boolean;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DAYS_A_MONTH = 30.44;

/**
 * `in 3 days, Fri 5 Dec 19:00` on a terminal, else `2026-12-05T19:00+01:00`. What has a zone of its own is shown in that,
 * by name, `… 19:00 Europe/Berlin` or `…+01:00[Europe/Berlin]` (RFC 9557); on a terminal also on the viewer's clock, where
 * that shows another time. Empty for null.
 */
export function showMoment(instant: string | null, display: Display, own?: string): string {
  if (instant === null) return '';
  const date = new Date(instant);
  const zone = own ?? display.zone;
  if (!display.isTerminal) {
    const text = withOffset(date, zone);
    return `${text.slice(0, 16)}${text.slice(19)}${own === undefined ? '' : `[${own}]`}`;
  }
  const shown = `${distance(date, display)}, ${clockFace(date, zone, display.now)}`;
  return own === undefined ? shown : `${shown} ${own}${elsewhere(date, own, display)}`;
}

/** `Fri 4 Dec 2026 19:00 Europe/Berlin`: what was made of something that was typed. */
export function tellMoment(date: Date, zone: string): string {
  return `${clockFace(date, zone, null)} ${zone}`;
}

/** On the viewer's clock, with the day where it is another one. */
function elsewhere(date: Date, own: string, { zone, now }: Display): string {
  const [there, here] = [wallOf(date, own), wallOf(date, zone)];
  if (there === here) return '';
  const isSameDay = Math.floor(there / DAY) === Math.floor(here / DAY);
  return ` (${isSameDay ? clock(here) : clockFace(date, zone, now)} ${zone})`;
}

/** `Fri 5 Dec 19:00`, with the year where it is another than now. */
function clockFace(date: Date, zone: string, now: Date | null): string {
  const wall = wallOf(date, zone);
  const face = new Date(wall);
  const year = face.getUTCFullYear();
  const years = now !== null && year === new Date(wallOf(now, zone)).getUTCFullYear() ? '' : ` ${year}`;
  return `${WEEKDAYS[face.getUTCDay()] ?? ''} ${face.getUTCDate()} ${MONTHS[face.getUTCMonth()] ?? ''}${years} ${clock(wall)}`;
}

function clock(wall: number): string {
  return new Date(wall).toISOString().slice(11, 16);
}

function distance(date: Date, { zone, now }: Display): string {
  const minutes = Math.round((date.getTime() - now.getTime()) / MINUTE);
  if (minutes === 0) return 'now';
  if (Math.abs(minutes) < 60) return phrase(minutes, 'minute');
  // Days are counted on the calendar: what is at 1 o'clock tonight is tomorrow, not in 4 hours.
  const days = Math.round((midnight(date, zone) - midnight(now, zone)) / DAY);
  if (days === 0) return 'today';
  if (Math.abs(days) === 1) return days > 0 ? 'tomorrow' : 'yesterday';
  if (Math.abs(days) < 14) return phrase(days, 'day');
  if (Math.abs(days) < 60) return phrase(Math.trunc(days / 7), 'week');
  const months = Math.round(days / DAYS_A_MONTH);
  return Math.abs(months) < 24 ? phrase(months, 'month') : phrase(Math.round(months / 12), 'year');
}

function phrase(count: number, unit: string): string {
  const size = Math.abs(count);
  const words = `${size} ${unit}${size === 1 ? '' : 's'}`;
  return count > 0 ? `in ${words}` : `${words} ago`;
}

function midnight(date: Date, zone: string): number {
  return Math.floor(wallOf(date, zone) / DAY) * DAY;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
