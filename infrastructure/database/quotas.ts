import { defineEntity, p } from '@mikro-orm/postgresql';
import { type Limits, limitReached } from '../../core/shared/limits.ts';
import type { Database } from './database.ts';
import { codesOf } from './explain-fault.ts';
import { prepared } from './statement.ts';
import { UserRow } from './user-repository.ts';

/** What the campaigns that a user owns hold: kept by the triggers below, with each write and whoever writes. */
export const UserUsageRow = defineEntity({
  name: 'UserUsageRow',
  tableName: 'user_usage',
  properties: {
    userId: () => p.manyToOne(UserRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
    bytes: p.bigint('number'),
    /** The transaction that was the last to make it more. */
    grownBy: p.string().columnType('xid8').nullable(),
  },
});

interface Trigger {
  readonly name: string;
  readonly timing: 'before' | 'after';
  readonly events: ('insert' | 'update' | 'delete')[];
  readonly body: string;
}

/** On each table that holds what campaigns are made of. The functions are in the migrations. */
export const countsBytes: Trigger = {
  name: 'counts_bytes',
  timing: 'after',
  events: ['insert', 'update', 'delete'],
  body: 'perform count_bytes(to_jsonb(old), to_jsonb(new)); return null;',
};

/** On the campaigns: what one holds goes with it to its next owner, or away. */
export const movesBytes: Trigger = {
  name: 'moves_bytes',
  timing: 'before',
  events: ['update', 'delete'],
  body: 'perform move_bytes(old.id, old.owner_id, new.owner_id); return coalesce(new, old);',
};

/**
 * Refuses what passes a limit, in the transaction of the writes and behind its locks, so that of many at once no more pass
 * than of as many in a row. Nothing waits for the answers: where one says no, the transaction fails.
 */
export interface Quotas {
  /** Before a campaign is added for the owner. @throws DomainError `limit_reached` */
  campaign(ownerId: string): Promise<void>;
  /** Before a session is added. @throws DomainError `limit_reached` */
  session(campaignId: string): Promise<void>;
  /** After a write. One that makes nothing more is let through whatever there is. @throws DomainError `limit_reached` */
  bytes(campaignId: string): Promise<void>;
}

/** The SQLSTATE that the function `limit_reached` raises. */
const LIMIT_REACHED = 'LF001';

type Prepared = ReturnType<typeof prepared>;

export function makeQuotas(database: Pick<Database, 'write'>, limits: Limits): Quotas {
  // PostgreSQL itself says no: nothing waits for an answer, and the commit may be on its way already.
  const refuse = (found: string): Prepared => prepared(`select limit_reached() from (${found}) as found`);
  const lockUser = prepared('select from users where id = $1 for no key update');
  const campaigns = refuse(
    'select count(*) from campaigns where owner_id = $1 and deleted_at is null having count(*) >= $2',
  );
  const lockCampaign = prepared('select from session_counters where campaign_id = $1 for no key update');
  const sessions = refuse('select from session_counters where campaign_id = $1 and total >= $2');
  // Who has made it more has locked the row, and sees in it what all others have kept.
  const bytes = refuse(
    `select from user_usage where user_id = (select owner_id from campaigns where id = $1)
    and grown_by = pg_current_xact_id() and bytes > $2`,
  );
  const expectRoom = (statement: Prepared, limit: keyof Limits, most: number, id: string): Promise<void> =>
    database.write(
      { ...statement, values: [id, most] },
      { explain: (error) => (codesOf(error).includes(LIMIT_REACHED) ? limitReached(limit, most) : error) },
    );
  return {
    campaign: async (ownerId) => {
      if (limits.campaigns === null) return;
      await database.write({ ...lockUser, values: [ownerId] });
      await expectRoom(campaigns, 'campaigns', limits.campaigns, ownerId);
    },
    session: async (campaignId) => {
      if (limits.sessions === null) return;
      await database.write({ ...lockCampaign, values: [campaignId] });
      await expectRoom(sessions, 'sessions', limits.sessions, campaignId);
    },
    bytes: async (campaignId) => {
      if (limits.bytes !== null) await expectRoom(bytes, 'bytes', limits.bytes, campaignId);
    },
  };
}
