import { type Moment, momentIn } from '../shared/moment.ts';
import { checkTimeZone } from '../shared/time-zone.ts';
import type { SessionFilter, SessionInquiry } from './session-queries.ts';

/**
 * The filter that is meant. `fallback` tells the zone of a field without one; it is not asked where none is needed.
 * @throws DomainError `validation_failed`
 */
export async function filterIn(
  { from, to, timeZone, ...others }: SessionInquiry,
  fallback: (field: string) => Promise<string>,
): Promise<SessionFilter> {
  const given = timeZone === null ? null : checkTimeZone(timeZone);
  const read = async (moment: Moment | null, field: string): Promise<Date | null> => {
    if (moment === null || moment instanceof Date) return moment;
    return momentIn(moment, given ?? (await fallback(field)), field);
  };
  return { ...others, from: await read(from, 'from'), to: await read(to, 'to') };
}
