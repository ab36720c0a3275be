/** Where and when something is shown. */
export interface Display {
  readonly zone: string;
  readonly now: Date;
  /** People read words; programs at the other end of a pipe read ISO 8601. */
  readonly isTerminal: boolean;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DAYS_A_MONTH = 30.44;

/** `in 3 days, Fri 5 Dec 19:00` on a terminal, else `2026-12-05T19:00+01:00`; in the viewer's zone. Empty for null. */
export function showMoment(instant: string | null, display: Display): string {
  if (instant === null) return '';
  const date = new Date(instant);
  if (!display.isTerminal) {
    const { year, month, day, hour, minute, offset } = civil(date, display.zone);
    return `${year}-${month}-${day}T${hour}:${minute}${offset}`;
  }
  return `${distance(date, display)}, ${clockFace(date, display)}`;
}

/** `Fri 5 Dec 19:00`, with the year where it is another than this one. */
function clockFace(date: Date, { zone, now }: Display): string {
  const { weekday, year, monthName, day, hour, minute } = civil(date, zone);
  const years = year === civil(now, zone).year ? '' : ` ${year}`;
  return `${weekday} ${Number(day)} ${monthName}${years} ${hour}:${minute}`;
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
  const { year, month, day } = civil(date, zone);
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

interface Civil {
  readonly weekday: string;
  readonly year: string;
  readonly month: string;
  readonly monthName: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly offset: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const formats = new Map<string, Intl.DateTimeFormat>();

function civil(date: Date, zone: string): Civil {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = part('timeZoneName').replace('GMT', '');
  return {
    weekday: part('weekday'),
    year: part('year'),
    month: part('month'),
    monthName: MONTHS[Number(part('month')) - 1] ?? '',
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    offset: offset === '' ? '+00:00' : offset,
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
  formats.set(zone, format);
  return format;
}
