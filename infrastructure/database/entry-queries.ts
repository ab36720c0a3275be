import type { EntitySchema } from '@mikro-orm/postgresql';
import { type Expression, type Kysely, type Nullable, sql } from 'kysely';
import type { Seen } from '../../core/members/member.ts';
import type { Role } from '../../core/members/role.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import type { Entry, Noun } from '../../core/world/entry.ts';
import type { EntryQueries } from '../../core/world/entry-queries.ts';
import type { CampaignRow } from './campaign-repository.ts';
import { type Cut, cutPage, toCutPage } from './cut-page.ts';
import { SEEN } from './entry-visibility.ts';
import { endingPattern, idLike } from './id-ending.ts';
import { containing, textAt } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import type { Values } from './prepared-statement.ts';
import type { ForViewer, Reader } from './reader.ts';
import type { TablesOf } from './row-schema.ts';
import { searchKeyOf, tagKeysOf } from './search-column.ts';

type Tables = TablesOf<typeof CampaignRow | typeof MemberRow>;

interface One {
  readonly id: string;
}

interface Listed {
  readonly campaignId: string;
  /** The tag's key. */
  readonly tag: string | null;
  readonly visibility: string | null;
  /** Of the name's key, for LIKE. */
  readonly pattern: string | null;
  /** The name's key. */
  readonly name: string | null;
  readonly idPattern: string | null;
  /** Of the entry before. */
  readonly afterName: string | null;
  readonly afterId: string | null;
  readonly limit: number;
}

/** With the filters of the noun's own fields, which no name above may hide. */
type ListedBy = Listed & Readonly<Record<`own ${string}`, string | null>>;

const key = searchKeyOf('entry', 'name');
const seen = sql<boolean>`${sql.raw(SEEN)}`;
/** As the index has it. */
const lowerName = sql<string>`lower(${sql.ref('entry.name')})`;

/** Of one noun, whose table is named by its plural, and whose rows are of the schema. */
export function makeEntryQueries<Own extends object>(
  { prepare }: Reader,
  { plural, filters }: Noun<Own>,
  schema: EntitySchema,
): EntryQueries<Entry & Own> {
  const entries = sql<Entry & { readonly deletedAt: Date | null }>`${sql.table(plural)}`.as('entry');
  const one = prepare((tables: Kysely<Tables>, { of }: Values<One & ForViewer>) =>
    memberships(tables, of('viewerId'))
      .innerJoin(entries, 'entry.campaignId', 'members.campaignId')
      .selectAll('entry')
      .select('members.role as viewerRole')
      .where('entry.id', '=', of('id'))
      .where('entry.deletedAt', 'is', null)
      .where(seen)
      .$castTo<Row<Own>>(),
  );
  const listed = prepare((tables: Kysely<Tables>, { has, of }: Values<ListedBy & ForViewer>) =>
    memberships(tables, of('viewerId'))
      .where('members.campaignId', '=', of('campaignId'))
      .leftJoinLateral(
        (eb) => {
          const page = eb
            .selectFrom(entries)
            .selectAll('entry')
            .where('entry.campaignId', '=', of('campaignId'))
            .where('entry.deletedAt', 'is', null)
            .where(seen)
            .$if(has('tag'), (query) => query.where(sql<boolean>`${of('tag')} = any(${tagKeysOf('entry')})`))
            .$if(has('visibility'), (query) => query.where(sql<boolean>`entry.visibility = ${of('visibility')}`))
            .$if(has('pattern'), (query) => query.where(key, 'like', of('pattern')))
            .$if(has('name'), (query) => query.where(key, '=', of('name')))
            .$if(has('idPattern'), (query) => query.where(idLike('entry.id', of('idPattern'))))
            .$call((query) =>
              filters.reduce(
                (narrowed, field) =>
                  narrowed.$if(has(`own ${field}`), (each) =>
                    each.where(sql<boolean>`${sql.ref(`entry.${field}`)} = ${of(`own ${field}`)}`),
                  ),
                query,
              ),
            )
            .$if(has('afterId'), (query) =>
              query.where(sql<boolean>`(${lowerName}, entry.id) > (lower(${of('afterName')}), ${of('afterId')}::uuid)`),
            )
            .orderBy(lowerName)
            .orderBy('entry.id')
            .limit(of('limit'));
          return cutPage(page, { schema, role: 'members.role' }).as('listed');
        },
        (join) => join.onTrue(),
      )
      .selectAll('listed')
      .select('members.role as viewerRole')
      .$castTo<Nullable<Row<Own> & Cut>>(),
  );

  return {
    find: async (viewer, id) => {
      const [row] = await one(viewer, { id });
      return row === undefined ? null : toSeen(row);
    },

    list: async (viewer, campaignId, { tag, visibility, q, name, idEnding, own }, { after, limit }) => {
      const rows = await listed(viewer, {
        ...{ campaignId, visibility },
        tag: tag === null ? null : searchKey(tag),
        name: name === null ? null : searchKey(name),
        pattern: q === null ? null : containing(searchKey(q)),
        idPattern: endingPattern(idEnding),
        afterName: textAt(after, 0),
        afterId: textAt(after, 1),
        limit: limit + 1,
        ...Object.fromEntries(filters.map((field) => [`own ${field}`, own[field] ?? null])),
      });
      if (rows.length === 0) return null;
      return toCutPage(rows.filter(isListed), { after, limit }, toSeen, ({ value }) => [value.name, value.id]);
    },
  };
}

/** The role in the campaign beside the entry, which may have a role of its own. */
type Row<Own> = Entry &
  Own & {
    readonly viewerRole: Role;
    readonly searchKey: unknown;
    readonly tagKeys: unknown;
    /** In a page. */
    readonly hasNext?: unknown;
  };

function isListed<Own>(row: Nullable<Row<Own> & Cut>): row is Row<Own> & Cut {
  return row.id !== null;
}

function toSeen<Own>({ viewerRole, searchKey: _, tagKeys, hasNext, ...value }: Row<Own>): Seen<Entry & Own> {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- a row without what it was wider by
  return { value: value as unknown as Entry & Own, role: viewerRole };
}

/** No row at all means no member. */
function memberships(tables: Kysely<Tables>, viewerId: Expression<string>) {
  return tables
    .selectFrom('members')
    .innerJoin('campaigns', 'campaigns.id', 'members.campaignId')
    .where('members.userId', '=', viewerId)
    .where('campaigns.deletedAt', 'is', null);
}
