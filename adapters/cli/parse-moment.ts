import { momentIn, startOfDay } from '../../core/shared/moment.ts';
import { DomainError } from '../../core/shared/errors.ts';
import { misused } from './misused.ts';
import { type Question, type Said, parseWords } from './parse-words.ts';

const DAY = 86_400_000;
const WALL = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * `2026-12-05 19:00`, an RFC 3339 instant, or words such as `next friday 19:00`. Of whole days `from` takes the first
 * instant and `to` the last.
 * @throws DomainError `validation_failed` for what is no date, does not exist, or can be read in two ways
 */
export async function parseMoment(question: Question): Promise<Date> {
  const said = readDigits(question) ?? (await parseWords(question));
  if ('at' in said) return said.at;
  if ('wall' in said) return onWall(said.wall, question);
  switch (question.use) {
    case 'appointment':
      throw misused(`${question.option}: at what time? Write "${question.text.trim()} 19:00".`);
    case 'from':
      return beginningOf(said.firstDay, question);
    case 'to':
      beginningOf(said.lastDay, question);
      return new Date(beginningAfter(said.lastDay, question.zone).getTime() - 1);
    default:
      return question.use satisfies never;
  }
}

/** Null for words. @throws DomainError `validation_failed` for what does not exist */
function readDigits({ text: typed, option }: Question): Said | null {
  const text = typed.trim();
  const [isInstant, day = '', time = '', offset = ''] = INSTANT.exec(text) ?? [];
  const [isWall, wallDay = '', wallTime] = WALL.exec(text) ?? [];
  if (isInstant === undefined && isWall === undefined) return null;
  const shown = isInstant === undefined ? `${wallDay}T${(wallTime ?? '00:00').padStart(5, '0')}` : `${day}T${time}`;
  const wall = Date.parse(`${shown}Z`);
  const at = Date.parse(`${shown}${offset === '' ? 'Z' : offset.toUpperCase()}`);
  // JavaScript takes 30 February for 2 March.
  if (Number.isNaN(wall) || Number.isNaN(at) || !new Date(wall).toISOString().startsWith(shown.slice(0, 16))) {
    throw misused(`${option}: "${text}" does not exist. Check the day and the time.`);
  }
  if (isInstant !== undefined) return { at: new Date(at) };
  return wallTime === undefined ? { firstDay: wall, lastDay: wall } : { wall };
}

function onWall(wall: number, { text, option, zone }: Question): Date {
  try {
    return momentIn({ wall: new Date(wall).toISOString().slice(0, -1) }, zone, option);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw misused(`${option}: "${text.trim()}" ${error.details[0]?.message ?? ''}.`, { cause: error });
  }
}

function beginningOf(day: number, { text, option, zone }: Question): Date {
  const beginning = startOfDay(day, zone);
  if (beginning !== null) return beginning;
  throw misused(`${option}: "${text.trim()}" does not exist in ${zone}, where the calendar skips that day.`);
}

/** No zone skips two days in a row. */
function beginningAfter(day: number, zone: string): Date {
  return startOfDay(day + DAY, zone) ?? startOfDay(day + 2 * DAY, zone) ?? new Date(day + DAY);
}
