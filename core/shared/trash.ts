import { notFound } from './errors.ts';

/** How long a deleted thing can be restored. */
const TRASH_DAYS = 30;

/** A thing that is deleted by moving it to the trash. */
export interface Trashable {
  readonly deletedAt: Date | null;
}

/** @throws DomainError `not_found` for what lies in the trash. */
export function expectPresent<T extends Trashable>(thing: T | null): T {
  if (thing?.deletedAt !== null) throw notFound();
  return thing;
}

/** @throws DomainError `not_found` for what lay in the trash for more than {@link TRASH_DAYS} days. */
export function expectRestorable<T extends Trashable>(thing: T | null, now: Date): T {
  if (thing === null) throw notFound();
  const oldest = now.getTime() - TRASH_DAYS * 24 * 60 * 60 * 1000;
  if (thing.deletedAt !== null && thing.deletedAt.getTime() < oldest) throw notFound();
  return thing;
}
