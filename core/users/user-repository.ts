import type { User } from './user.ts';

export interface UserRepository {
  /** @throws DomainError `email_taken`; `username_taken`, also by a name that looks the same in other letters */
  add(user: User): Promise<void>;
  /** @throws DomainError `username_taken`; `version_conflict` when it was changed since it was read */
  save(user: User): Promise<void>;
  find(id: string): Promise<User | null>;
  /** `email` in its normal form. */
  findByEmail(email: string): Promise<User | null>;
  /** As find, and nobody else may change the user until the transaction ends. @throws DomainError `not_found` */
  getForUpdate(id: string): Promise<User>;
}
