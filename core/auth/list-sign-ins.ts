import { type Viewer, claimedBy } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { SignIn } from './sign-in.ts';
import type { SignInQueries } from './sign-in-queries.ts';

export interface ListedSignIn {
  readonly signIn: SignIn;
  /** The one that asks. */
  readonly current: boolean;
}

/** The viewer's own live sign-ins, last used first. */
export type ListSignIns = (viewer: Viewer, page: PageRequest) => Promise<Page<ListedSignIn>>;

interface Deps {
  readonly signIns: SignInQueries;
  readonly clock: Clock;
}

export function makeListSignIns({ signIns, clock }: Deps): ListSignIns {
  return async (viewer, page) => {
    const { signInId } = claimedBy(viewer);
    const { items, next } = await signIns.list(viewer, clock.now(), page);
    return { items: items.map((signIn) => ({ signIn, current: signIn.id === signInId })), next };
  };
}
