import { signInEnded } from '../../core/auth/sign-in.ts';
import type { Seen } from '../../core/members/member.ts';
import type { Role } from '../../core/members/role.ts';
import { type Viewer, claimedBy } from '../../core/shared/actor.ts';
import type { Clock } from '../../core/shared/clock.ts';
import type { Database } from './database.ts';
import { type Build, type Given, type Query, placeOf, prepare } from './prepared-statement.ts';

/** What a statement finds for a viewer. @throws DomainError `invalid_token` where the viewer's sign-in has ended */
type Read<V, R> = (viewer: Viewer, values: V) => Promise<readonly R[]>;

/** What every read of the API is given besides its own values: who reads. */
export interface ForViewer {
  readonly viewerId: string;
}

/**
 * Makes the reads of the API. What a claimant is answered comes with the proof that its sign-in lives, in the same
 * statement, and so from the same moment.
 */
export interface Reader {
  prepare<T, V extends Given<V>, R extends object>(build: Build<T, V & ForViewer, R>): Read<V, R>;
}

interface Deps {
  readonly database: Database;
  readonly clock: Clock;
}

export function makeReader({ database, clock }: Deps): Reader {
  return {
    prepare: <T, V extends Given<V>, R extends object>(build: Build<T, V & ForViewer, R>): Read<V, R> => {
      const proven = prepare(database, build);
      const proving = prepare(database, build, withProof);
      return async (viewer, given) => {
        const { userId, signInId } = claimedBy(viewer);
        const values = { ...given, viewerId: userId };
        if (!('claims' in viewer)) return proven(values);
        const rows = await proving(values, { signInId, provenAt: clock.now() });
        const [first, second] = rows;
        if (first === undefined) throw signInEnded();
        return second === undefined && isNothing(first) ? [] : rows;
      };
    },
  };
}

/** What a row may have besides the thing that is found. */
interface Beside {
  readonly role: Role;
  readonly searchKey: string | null;
  /** In a page. */
  readonly hasNext?: boolean;
}

/** What is found with the viewer's role beside it, without what it is found by. */
export function toSeen<Row extends Beside>({ role, searchKey, hasNext, ...value }: Row): Seen<Omit<Row, keyof Beside>> {
  return { value, role };
}

/** No row at all where the sign-in does not live, and one without any value where nothing is found. */
function withProof({ text, parameters }: Query): Query {
  const next = parameters.length + 1;
  return {
    text: `select answer.* from (
        select from sign_ins where id = $${next} and user_id = $${next + 1} and ended_at is null and expires_at > $${next + 2}
      ) as sign_in left join lateral (${text}) as answer on true`,
    parameters: [...parameters, ...['signInId', 'viewerId', 'provenAt'].map(placeOf)],
  };
}

/** Whatever is found has an id, or a role. */
function isNothing(row: object): boolean {
  return Object.values(row).every((value) => value === null);
}
