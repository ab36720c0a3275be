import type { Invite } from './invite.ts';

export interface InviteRepository {
  add(invite: Invite, hash: string): Promise<void>;
  /** How many the campaign has, spent ones too; and nobody adds one until the transaction ends. */
  countForUpdate(campaignId: string): Promise<number>;
  /** Null also when its campaign lies in the trash; and by its code, when whoever made it is suspended. */
  find(by: { readonly hash: string } | { readonly id: string }): Promise<Invite | null>;
  /**
   * Counts that it has let the user in; false where it has expired, is used up, or has let the same user in before. The
   * transaction that is told so must not go on.
   */
  use(id: string, userId: string, now: Date): Promise<boolean>;
  /** Answers whether it was there. */
  remove(id: string): Promise<boolean>;
  /** All that the user has made in the campaign. */
  removeAllBy(campaignId: string, userId: string): Promise<void>;
}
