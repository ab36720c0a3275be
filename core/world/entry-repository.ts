import type { Entry } from './entry.ts';

/** The entries of one noun. */
export interface EntryRepository<E extends Entry> {
  /** @throws DomainError `limit_reached` by its length */
  add(entry: E): Promise<void>;
  /** @throws DomainError `version_conflict` when it was changed since it was read; `limit_reached` where it grows */
  save(entry: E): Promise<void>;
  /**
   * As far as the user sees it: GMs also see what is hidden, and what lies in the trash. Nobody else may change it until
   * the transaction ends. @throws DomainError `not_found` for what the user does not see, as for what there is not
   */
  getForUpdate(userId: string, id: string): Promise<E>;
}
