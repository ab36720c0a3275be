import { resultOperations } from '../../adapters/operations/results.ts';
import { sessionCourseOperations } from '../../adapters/operations/session-course.ts';
import { sessionOperations } from '../../adapters/operations/sessions.ts';
import { makeAmendResults } from '../../core/sessions/amend-results.ts';
import { makeCancelSession } from '../../core/sessions/cancel-session.ts';
import { makeChangeSession } from '../../core/sessions/change-session.ts';
import { makeDeleteSession } from '../../core/sessions/delete-session.ts';
import { makeFinalizeSession } from '../../core/sessions/finalize-session.ts';
import { makeListMySessions } from '../../core/sessions/list-my-sessions.ts';
import { makeListSessions } from '../../core/sessions/list-sessions.ts';
import { makeReopenSession } from '../../core/sessions/reopen-session.ts';
import { makeRescheduleSession } from '../../core/sessions/reschedule-session.ts';
import { makeRestoreSession } from '../../core/sessions/restore-session.ts';
import { makeScheduleSession } from '../../core/sessions/schedule-session.ts';
import { makeStartSession } from '../../core/sessions/start-session.ts';
import { makeUpdateSession } from '../../core/sessions/update-session.ts';
import { makeSessionQueries } from '../database/session-queries.ts';
import { SessionResultsRow, SessionRow, makeSessionRepository } from '../database/session-repository.ts';
import { AUDIT } from './audit.ts';
import type { Feature } from './binder.ts';
import { CAMPAIGNS } from './campaigns.ts';
import { AUTHORIZE, AUTHORIZE_BEHIND } from './members.ts';
import { CLOCK, DATABASE, IDS, QUOTAS, READER, TRANSACTION } from './shared.ts';

export const sessions: Feature = {
  rows: [SessionRow, SessionResultsRow],
  register: ({ make, serve }) => {
    const repository = make({ database: DATABASE, quotas: QUOTAS }, ({ database, quotas }) =>
      makeSessionRepository(database, quotas),
    );
    const queries = make({ reader: READER }, ({ reader }) => makeSessionQueries(reader));
    const transaction = TRANSACTION;
    const authorize = AUTHORIZE;
    const authorizeBehind = AUTHORIZE_BEHIND;
    const changeSession = make(
      { audit: AUDIT, authorize, sessions: repository, clock: CLOCK, transaction },
      makeChangeSession,
    );
    const services = make(
      {
        schedule: make(
          { authorize, campaigns: CAMPAIGNS, sessions: repository, ids: IDS, clock: CLOCK, transaction },
          makeScheduleSession,
        ),
        update: make({ changeSession, authorizeBehind, campaigns: CAMPAIGNS }, makeUpdateSession),
        delete: make({ changeSession }, makeDeleteSession),
        restore: make({ changeSession, sessions: repository }, makeRestoreSession),
        list: make({ sessions: queries }, makeListSessions),
        listMine: make({ sessions: queries }, makeListMySessions),
        queries,
      },
      (made) => ({ sessions: made }),
    );
    const courseServices = make(
      {
        start: make({ changeSession }, makeStartSession),
        cancel: make({ changeSession }, makeCancelSession),
        reopen: make({ audit: AUDIT, changeSession, transaction }, makeReopenSession),
        reschedule: make({ changeSession }, makeRescheduleSession),
      },
      (made) => ({ sessions: made }),
    );
    const resultServices = make(
      {
        finalize: make({ authorize, changeSession, sessions: repository, transaction }, makeFinalizeSession),
        amend: make({ authorize, changeSession, sessions: repository, clock: CLOCK, transaction }, makeAmendResults),
        queries,
      },
      (made) => ({ results: made }),
    );
    serve(sessionOperations, services);
    serve(sessionCourseOperations, courseServices);
    serve(resultOperations, resultServices);
  },
};
