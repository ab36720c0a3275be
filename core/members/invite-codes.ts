/** Makes the codes of invites and knows them again. Only the hash is stored. */
export interface InviteCodes {
  /** 128 random bits. */
  issue(): { readonly code: string; readonly hash: string };
  /** The hash of a text that has the form of a code, in whatever case; else null. */
  hash(text: string): string | null;
}
