import { invalidField } from './errors.ts';

/** What a clock on the wall shows: `2027-01-08T19:00`, seconds optional. Which moment that is depends on the zone. */
interface WallTime {
  readonly wall: string;
}

/** A point in time as somebody gives it. */
export type Moment = Date | WallTime;

const DAY_MS = 86_400_000;

/**
 * The moment itself; `zone` is where a time on the wall is meant.
 * @throws DomainError `validation_failed` on `field`, with the readings, where the clocks of the zone skip it or show it
 * twice
 */
export function momentIn(moment: Moment, zone: string, field: string): Date {
  if (moment instanceof Date) return moment;
  const wall = Date.parse(`${moment.wall}Z`);
  const [found, second] = momentsOf(wall, zone);
  if (found === undefined) {
    const readings = readingsAround(wall, zone);
    throw invalidField(field, `does not exist in ${zone}, where the clocks skip that time: write ${readings}`);
  }
  if (second !== undefined) {
    const readings = `${withOffset(found, zone)} or ${withOffset(second, zone)}`;
    throw invalidField(field, `comes twice in ${zone}, where the clocks are set back: write ${readings}`);
  }
  const year = found.getUTCFullYear();
  if (year < 1900 || year > 9999) throw invalidField(field, 'must be of the years 1900 to 9999');
  return found;
}

/** What the clocks of the zone show, as the milliseconds that it would be in UTC. */
export function wallOf(date: Date, zone: string): number {
  return date.getTime() + offsetAt(date.getTime(), zone);
}

/** `2027-01-08T19:00:00+01:00` */
export function withOffset(date: Date, zone: string): string {
  const minutes = offsetAt(date.getTime(), zone) / 60_000;
  // Before there were zones, offsets had seconds, which RFC 3339 has not.
  if (!Number.isInteger(minutes)) return date.toISOString();
  const two = (number: number): string => String(number).padStart(2, '0');
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${new Date(wallOf(date, zone)).toISOString().slice(0, 19)}${offset}`;
}

/**
 * The first instant of a day, given as its midnight in UTC: not always 00:00 on the wall, which some zones skip or have
 * twice. Null for a day that the zone skipped (30 December 2011 in Pacific/Apia).
 */
export function startOfDay(day: number, zone: string): Date | null {
  const [midnight] = momentsOf(day, zone);
  if (midnight !== undefined) return midnight;
  // The clocks skip midnight: the day begins as they do.
  let [before, after] = [day - DAY_MS, day + DAY_MS];
  const old = offsetAt(before, zone);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle, zone) === old) before = middle;
    else after = middle;
  }
  return after + offsetAt(after, zone) < day + DAY_MS ? new Date(after) : null;
}

/** When the clocks of the zone show it: never, once, or twice, the earlier first. */
function momentsOf(wall: number, zone: string): readonly Date[] {
  return offsetsAround(wall, zone)
    .map((offset) => wall - offset)
    .filter((at) => at + offsetAt(at, zone) === wall)
    .map((at) => new Date(at));
}

/** A time that is skipped, by the clock before and by the clock after. */
function readingsAround(wall: number, zone: string): string {
  return offsetsAround(wall, zone)
    .map((offset) => withOffset(new Date(wall - offset), zone))
    .join(' or ');
}

/** No zone is further than a day from UTC, nor changes twice in two. The greater comes first: it is that of the earlier. */
function offsetsAround(wall: number, zone: string): readonly number[] {
  const offsets = [offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)];
  return [...new Set(offsets)].sort((a, b) => b - a);
}

/** How far the clocks of the zone are ahead of UTC, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(at / 1000) * 1000;
}

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATS = 100;

function formatOf(zone: string): Intl.DateTimeFormat {
  const kept = formats.get(zone);
  if (kept !== undefined) return kept;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size === MOST_FORMATS) formats.clear();
  formats.set(zone, format);
  return format;
}
