import { type NewUser, type PrepareUser } from './prepare-user.ts';
import { type User } from './user.ts';
import { type UserRepository } from './user-repository.ts';

/** @throws DomainError `validation_failed`, `email_taken`, `username_taken` */
export type CreateUser = (input: NewUser) => Promise<User>;

interface Deps {
  readonly prepareUser: PrepareUser;
  readonly users: UserRepository;
}

export function makeCreateUser({ prepareUser, users }: Deps): CreateUser {
  return async (input) => {
    const user = await prepareUser(input);
    await users.add(user);
    return user;
  };
}
