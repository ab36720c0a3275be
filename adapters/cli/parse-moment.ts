import { misused } from './misused.ts';

interface Question {
  /** As it was typed. */
  readonly text: string;
  /** Of whom to complain: `--at`. */
  readonly option: string;
  /** IANA name: where a date without an offset is meant. */
  readonly zone: string;
  readonly now: Date;
  /** What a day without a time is: a mistake, or its first or last moment. */
  readonly wholeDay: 'refused' | 'first' | 'last';
}

interface Moment {
  readonly date: Date;
  /** True when the text named its own offset from UTC, so that the zone played no part. */
  readonly hasOffset: boolean;
}

type Temporal = Awaited<ReturnType<typeof loadTemporal>>;

const WALL = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{1,2}:\d{2}(?::\d{2})?))?$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:\d{2})$/;
/** 5/12/2026 is the fifth of December to some and the twelfth of May to others. */
const EITHER_WAY = /\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?!\d)/;

/**
 * `2026-12-05 19:00`, an RFC 3339 instant, or words such as `next friday 19:00`.
 * @throws DomainError `validation_failed` for what is no date, does not exist, or can be read in two ways
 */
export async function parseMoment({ text: typed, ...question }: Question): Promise<Moment> {
  const text = typed.trim();
  const Temporal = await loadTemporal();
  const { option, zone } = question;
  expectZone(Temporal, zone, question.now);

  const [isInstant, day, time, offset] = INSTANT.exec(text) ?? [];
  if (isInstant !== undefined) {
    const found = attempt(() => Temporal.Instant.from(`${day ?? ''}T${time ?? ''}${offset ?? ''}`));
    if (found === null) throw misused(`${option}: "${text}" does not exist. Check the day and the time.`);
    return { date: new Date(found.epochMilliseconds), hasOffset: true };
  }
  const [isWall, wallDay, wallTime] = WALL.exec(text) ?? [];
  if (isWall !== undefined) {
    const clock = wallTime ?? wholeDayTime(question, text);
    const plain = attempt(() => Temporal.PlainDateTime.from(`${wallDay ?? ''}T${clock.padStart(5, '0')}`));
    if (plain === null) throw misused(`${option}: "${text}" does not exist. Check the day and the time.`);
    return { date: inZone(plain, question, text), hasOffset: false };
  }
  const words = await parseWords(Temporal, text, question);
  if (words instanceof Date) return { date: words, hasOffset: true };
  const plain = attempt(() => Temporal.PlainDateTime.from(words, { overflow: 'reject' }));
  if (plain === null) throw misused(`${option}: "${text}" does not exist in ${zone}.`);
  return { date: inZone(plain, question, text), hasOffset: false };
}

/** Loaded when a date is read and not before: most commands are told none, and it takes its time. */
async function loadTemporal() {
  const { Temporal } = await import('temporal-polyfill');
  return Temporal;
}

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

async function parseWords(Temporal: Temporal, text: string, question: Omit<Question, 'text'>): Promise<Wall | Date> {
  const { option, zone, now } = question;
  if (EITHER_WAY.test(text)) {
    throw misused(`${option}: in "${text}", which is the day and which the month? Write it as 2026-12-05 19:00.`);
  }
  const { casual } = await import('chrono-node/en');
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone);
  const reference = { instant: now, timezone: here.offsetNanoseconds / 60_000_000_000 };
  const [found, ...others] = casual.parse(text, reference, { forwardDate: true });
  // It finds dates in whole sentences. A word that it skipped may be the one that mattered.
  if (found === undefined || others.length > 0 || found.text.length !== text.length || found.end) {
    throw misused(`${option}: "${text}" is not a date that is understood. Try "2026-12-05 19:00" or "friday 19:00".`);
  }
  const { start } = found;
  if (start.isCertain('timezoneOffset')) {
    return new Date(Math.floor(start.date().getTime() / 60_000) * 60_000);
  }
  const clock = start.isCertain('hour') ? null : wholeDayTime(question, text);
  const [hour, minute] = clock === null ? [start.get('hour'), start.get('minute')] : clock.split(':').map(Number);
  return {
    year: start.get('year') ?? 0,
    month: start.get('month') ?? 0,
    day: start.get('day') ?? 0,
    hour: hour ?? 0,
    minute: minute ?? 0,
  };
}

/** The earlier of two where the clocks are set back. @throws DomainError `validation_failed` where they skip it */
function inZone(
  plain: InstanceType<Temporal['PlainDateTime']>,
  { option, zone }: Omit<Question, 'text'>,
  text: string,
): Date {
  const zoned = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (!zoned.toPlainDateTime().equals(plain)) {
    throw misused(`${option}: "${text}" does not exist in ${zone}, where the clocks skip that hour. Choose another.`);
  }
  return new Date(zoned.epochMilliseconds);
}

function wholeDayTime({ wholeDay, option }: Omit<Question, 'text'>, text: string): string {
  switch (wholeDay) {
    case 'first':
      return '00:00';
    case 'last':
      return '23:59';
    case 'refused':
      throw misused(`${option}: at what time? Write "${text} 19:00".`);
    default:
      return wholeDay satisfies never;
  }
}

function expectZone(Temporal: Temporal, zone: string, now: Date): void {
  const instant = Temporal.Instant.fromEpochMilliseconds(now.getTime());
  if (/^[A-Za-z]/.test(zone) && attempt(() => instant.toZonedDateTimeISO(zone)) !== null) return;
  throw misused(`--tz: "${zone}" is not an IANA time zone. Write one such as Europe/Berlin or UTC.`);
}

/** Temporal says by a RangeError that something does not exist. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
