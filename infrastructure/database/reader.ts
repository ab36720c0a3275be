import { signInEnded } from '../../core/auth/sign-in.ts';
import type { Viewer } from '../../core/shared/actor.ts';
import type { Clock } from '../../core/shared/clock.ts';
import type { Database } from './database.ts';
import { type Build, type Query, placeOf, prepare } from './prepared-statement.ts';

/** What a statement finds for a viewer. @throws DomainError `invalid_token` where the viewer's sign-in has ended */
type Read<V, R> = (viewer: Viewer, values: V) => Promise<readonly R[]>;

/**
 * Makes the reads of the API. What a claimant is answered comes with the proof that its sign-in lives, in the same
 * statement, and so from the same moment.
 */
export interface Reader {
  prepare<T, V extends object, R>(build: Build<T, V, R>): Read<V, R>;
}

interface Deps {
  readonly database: Database;
  readonly clock: Clock;
}

/** What the proof adds to a row; nothing is found in the row that only tells that the sign-in lives. */
interface Proof {
  readonly sign_in_lives: boolean;
  readonly found: true | null;
}

export function makeReader({ database, clock }: Deps): Reader {
  return {
    prepare: <T, V extends object, R>(build: Build<T, V, R>): Read<V, R> => {
      const proven = prepare(database, build);
      const proving = prepare<T, V, R & Proof>(database, build, withProof);
      return async (viewer, values) => {
        if (!('claims' in viewer)) return proven(values);
        const { signInId, userId } = viewer.claims;
        const rows = await proving(values, { proofSignInId: signInId, proofUserId: userId, proofNow: clock.now() });
        if (rows[0]?.sign_in_lives !== true) throw signInEnded();
        return rows[0].found === null ? [] : rows;
      };
    },
  };
}

/** Always answers a row at least. The columns of `query` keep their names and their order. */
function withProof({ text, parameters }: Query): Query {
  const next = parameters.length + 1;
  return {
    text: `select viewer.sign_in_lives, answer.* from (
        select exists (
          select from sign_ins where id = $${next} and user_id = $${next + 1} and ended_at is null and expires_at > $${next + 2}
        ) as sign_in_lives
      ) as viewer left join lateral (select true as found, query.* from (${text}) as query) as answer on viewer.sign_in_lives`,
    parameters: [...parameters, ...['proofSignInId', 'proofUserId', 'proofNow'].map(placeOf)],
  };
}
