import type { Seen } from '../members/member.ts';
import type { Viewer } from '../shared/actor.ts';
import { invalidField } from '../shared/errors.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import { filterIn } from './filter-in.ts';
import type { Session } from './session.ts';
import type { SessionInquiry, SessionQueries } from './session-queries.ts';

/** Those of all campaigns that the viewer is a member of. @throws DomainError `validation_failed` */
export type ListMySessions = (
  viewer: Viewer,
  input: { readonly inquiry: SessionInquiry },
  page: PageRequest,
) => Promise<Page<Seen<Session>>>;

export function makeListMySessions({ sessions }: { readonly sessions: SessionQueries }): ListMySessions {
  return async (viewer, { inquiry }, page) =>
    sessions.listMine(viewer, await filterIn(inquiry, (field) => Promise.reject(withoutZone(field))), page);
}

function withoutZone(field: string): Error {
  const why = 'needs a time zone, as these sessions are of several campaigns';
  return invalidField(field, `${why}: give timeZone as well, such as Europe/Berlin, or end the time with an offset`);
}
