import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Authorize } from '../members/authorize.ts';
import type { MemberRepository } from '../members/member-repository.ts';
import type { Seen } from '../members/member.ts';
import type { Action } from '../members/role.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Ids } from '../shared/ids.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectPresent } from '../shared/trash.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import {
  type Entry,
  type EntryChanges,
  type EntryDetails,
  type Noun,
  newEntry,
  restored,
  trashed,
  updated,
} from './entry.ts';
import type { EntryRepository } from './entry-repository.ts';

interface One {
  readonly id: string;
  readonly expectedVersions: readonly number[] | null;
}

/** All throw DomainError `not_found`, also for what is hidden from the actor, and `forbidden`. */
export interface EntryCommands<Own extends object> {
  /** @throws DomainError `validation_failed` */
  create(
    actor: Actor,
    input: { readonly campaignId: string; readonly details: EntryDetails<Own> },
  ): Promise<Seen<Entry & Own>>;
  /** @throws DomainError `version_conflict`, `validation_failed` */
  update(actor: Actor, input: One & { readonly changes: EntryChanges<Own> }): Promise<Seen<Entry & Own>>;
  /** Moves it to the trash. @throws DomainError `version_conflict` */
  delete(actor: Actor, input: One): Promise<void>;
  /** Takes it out of the trash; one that is not there stays as it is. @throws DomainError `version_conflict` */
  restore(actor: Actor, input: Expecting & { readonly id: string }): Promise<Seen<Entry & Own>>;
}

interface Deps<Own extends object> {
  readonly audit: AuditTrail;
  readonly authorize: Authorize;
  readonly members: MemberRepository;
  readonly entries: EntryRepository<Entry & Own>;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

/** The use cases that every noun of the world has. */
export function makeEntryCommands<Own extends object>(
  noun: Noun<Own>,
  { audit, authorize, members, entries, ids, clock, transaction }: Deps<Own>,
): EntryCommands<Own> {
  type Work = (entry: Entry & Own, now: Date) => Promise<Entry & Own> | (Entry & Own);
  const change = (actor: Actor, id: string, action: Action, work: Work): Promise<Seen<Entry & Own>> =>
    transaction.run(async () => {
      const entry = await entries.getForUpdate(actor.userId, id);
      if (action !== 'world:restore') expectPresent(entry);
      const role = await authorize(actor, entry.campaignId, action);
      const value = await work(entry, clock.now());
      // Behind the count of its owner's bytes, which saving waits for, the sender may be shut out as well.
      if (value !== entry) await Promise.all([entries.save(value), authorize(actor, entry.campaignId, action)]);
      if ((value.deletedAt === null) !== (entry.deletedAt === null)) {
        await audit.record({
          actorId: actor.userId,
          action: value.deletedAt === null ? 'restored' : 'deleted',
          subjectKind: noun.singular,
          subjectId: id,
          campaignId: value.campaignId,
        });
      }
      return { value, role };
    });

  return {
    create: (actor, { campaignId, details }) =>
      transaction.run(async () => {
        const role = await authorize(actor, campaignId, 'world:create');
        const value = newEntry(noun, details, { id: ids.next(), campaignId, now: clock.now() });
        await expectMembers(members, campaignId, details.visibleTo);
        await Promise.all([entries.add(value), authorize(actor, campaignId, 'world:create')]);
        return { value, role };
      }),
    update: (actor, { id, changes, expectedVersions }) =>
      change(actor, id, 'world:update', async (entry, now) => {
        expectVersion(entry, expectedVersions);
        const value = updated(entry, changes, now);
        await expectMembers(members, entry.campaignId, changes.visibleTo, entry.visibleTo);
        return value;
      }),
    delete: async (actor, { id, expectedVersions }) => {
      await change(actor, id, 'world:delete', (entry, now) => {
        expectVersion(entry, expectedVersions);
        return trashed(entry, now);
      });
    },
    restore: (actor, { id, expectedVersions }) =>
      change(actor, id, 'world:restore', (entry, now) => {
        const value = restored(entry, now);
        expectVersion(entry, expectedVersions);
        return value;
      }),
  };
}

/**
 * Who was chosen `before` may have left since: a form that sends back what it was given is no fault.
 * @throws DomainError `validation_failed` for each who is no member
 */
async function expectMembers(
  members: MemberRepository,
  campaignId: string,
  given: readonly string[] = [],
  before: readonly string[] = [],
): Promise<void> {
  const added = given.filter((userId) => !before.includes(userId));
  if (added.length === 0) return;
  const known = await members.membersAmong(campaignId, added);
  const message = 'must be a member of the campaign';
  const faults = given.flatMap((userId, index) =>
    added.includes(userId) && !known.has(userId) ? [{ field: `visibleTo[${index}]`, message }] : [],
  );
  if (faults.length > 0) {
    const named = faults.map(({ field }) => `${field} ${message}`);
    throw new DomainError('validation_failed', `${named.join('; ')}.`, faults);
  }
}
