import type { InferType } from 'yup';
import type { resultsView } from '../operations/results.ts';
import type { sessionView } from '../operations/session-view.ts';
import type { Context } from './context.ts';
import { details } from './details.ts';
import { shortId } from './id-ending.ts';
import { showMoment } from './show-moment.ts';
import type { Format } from './style.ts';
import { table } from './table.ts';

export type SessionBody = InferType<typeof sessionView.schema>;
export type ResultsBody = InferType<typeof resultsView.schema>;

const STATUS_FORMATS: Readonly<Record<SessionBody['status'], Format>> = {
  planned: 'cyan',
  in_progress: 'yellow',
  completed: 'green',
  cancelled: 'dim',
};

export function sessionTable(sessions: readonly SessionBody[], { out, style, display }: Context): string {
  if (sessions.length === 0) return '';
  return table(
    [
      { head: 'ID', of: ({ id }) => shortId(id), format: () => 'dim' },
      { head: '#', of: ({ sessionNumber }) => String(sessionNumber), align: 'right' },
      { head: 'TITLE', of: ({ title }) => title, elastic: true },
      { head: 'STATUS', of: ({ status }) => status, format: ({ status }) => STATUS_FORMATS[status] },
      { head: 'DATE', of: ({ scheduledDate, timeZone }) => showMoment(scheduledDate, display, timeZone) },
    ],
    sessions,
    { width: out.width, style },
  );
}

/** With what came of it, where that is at hand. */
export function sessionDetails(session: SessionBody, { style, display }: Context, results?: ResultsBody): string {
  const own = details(
    {
      title: `#${session.sessionNumber} ${session.title}`,
      lines: [
        ['id', session.id],
        ['status', session.status],
        ['date', showMoment(session.scheduledDate, display, session.timeZone)],
        ['time zone', session.timeZone],
        ['duration', duration(session.durationMinutes)],
        ['started', showMoment(session.startedAt, display, session.timeZone)],
        ['completed', showMoment(session.completedDate, display, session.timeZone)],
        ['cancelled', session.cancelledReason],
      ],
      texts: [
        ['description', session.description],
        ['GM notes', session.gmNotes],
      ],
    },
    style,
  );
  return results === undefined ? own : `${own}\n${resultsDetails(results, style)}`;
}

function resultsDetails(results: ResultsBody, style: Context['style']): string {
  return details(
    {
      title: 'What came of it',
      lines: [
        ['experience', results.xpAwarded],
        ['deaths', results.deathCount],
        ['mood', results.mood],
        ['duration', duration(results.durationMinutes)],
      ],
      texts: [
        ['summary', results.summary],
        ['events', bullets(results.events)],
        ['decisions', bullets(results.playerDecisions)],
        ['NPCs', bullets(results.npcInteractions.map(({ name, note }) => (note === null ? name : `${name}: ${note}`)))],
        ['changes in the world', bullets(results.worldChanges)],
        ['loot', bullets(results.lootAwarded)],
        ['open threads', bullets(results.unfinishedThreads)],
        ['GM summary', results.gmSummary],
      ],
    },
    style,
  );
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** `3 h 30 min` */
function duration(minutes: number | null): string | null {
  if (minutes === null) return null;
  const parts = [`${Math.trunc(minutes / 60)} h`, `${minutes % 60} min`];
  return parts.filter((part) => !part.startsWith('0 ')).join(' ');
}
