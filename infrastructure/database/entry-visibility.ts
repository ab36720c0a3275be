import { type RawBuilder, sql } from 'kysely';
import { ROLES, may } from '../../core/members/role.ts';

const gms = ROLES.filter((role) => may(role, 'secrets:read')).map((role) => `'${role}'`);

/**
 * Whether the member of a row `members` sees the row `entry`: the one place that decides it. GMs see what is hidden and
 * what lies in the trash, others what is shown to them.
 */
export const SEEN = `(members.role in (${gms.join(', ')}) or entry.deleted_at is null and
  (entry.visibility = 'party' or entry.visibility = 'chosen' and members.user_id = any(entry.visible_to)))`;

/** How many entries of each table the member of a row `members` sees in its campaign. */
export function entryCounts(tables: readonly string[]): RawBuilder<Readonly<Record<string, number>>> {
  const counts = tables.map(
    (table) =>
      `'${table}', (select count(*) from "${table}" as entry
        where entry.campaign_id = members.campaign_id and entry.deleted_at is null and ${SEEN})`,
  );
  return sql`json_build_object(${sql.raw(counts.join(', '))})`;
}
