/** Makes API tokens and knows them again. Only the hash is stored. */
export interface ApiTokenSecrets {
  issue(): { readonly token: string; readonly hash: string; readonly prefix: string };
  /** The hash of a text that has the form of an API token, its checksum included; else null. */
  hash(text: string): string | null;
}
