import type { Results } from './results.ts';
import type { Session } from './session.ts';

export interface SessionRepository {
  /**
   * Room for one more session in the campaign; nobody adds one until the transaction ends, which is when a fault may be
   * told. @throws DomainError `limit_reached`
   */
  expectRoom(campaignId: string): Promise<void>;
  /** @throws DomainError `session_number_taken`; `limit_reached` by its length */
  add(session: Session): Promise<void>;
  /**
   * @throws DomainError `session_number_taken`; `version_conflict` when it was changed since it was read; `limit_reached`
   * where it grows
   */
  save(session: Session): Promise<void>;
  /** Also from the trash; null when its campaign lies there. */
  find(id: string): Promise<Session | null>;
  /**
   * As find, for a member of its campaign; and nobody else may change it until the transaction ends.
   * @throws DomainError `not_found`, for who is no member as for what there is not
   */
  getForUpdate(userId: string, id: string): Promise<Session>;
  /** Null until the session is finalized. */
  findResults(sessionId: string): Promise<Results | null>;
  /** Adds the session's results, or replaces them. @throws DomainError `limit_reached` where they grow */
  saveResults(session: Session, results: Results): Promise<void>;
}
