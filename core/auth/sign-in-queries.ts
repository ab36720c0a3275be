import { type Page, type PageRequest } from '../shared/page.ts';
import { type SignIn } from './sign-in.ts';

export interface SignInQueries {
  /** Whether the user's sign-in lives at `now`: asked by every request. */
  isLive(userId: string, signInId: string, now: Date): Promise<boolean>;
  /** The user's live sign-ins, last used first. */
  list(userId: string, now: Date, page: PageRequest): Promise<Page<SignIn>>;
}
