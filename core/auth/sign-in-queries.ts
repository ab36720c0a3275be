import type { Viewer } from '../shared/actor.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { SignIn } from './sign-in.ts';

export interface SignInQueries {
  /** Whether the user's sign-in lives at `now`: asked by every request that changes something. */
  isLive(userId: string, signInId: string, now: Date): Promise<boolean>;
  /** The viewer's own live sign-ins, last used first. */
  list(viewer: Viewer, now: Date, page: PageRequest): Promise<Page<SignIn>>;
}
