import { ArrayType, type EntitySchema, TextType } from '@mikro-orm/postgresql';
import { type Expression, type RawBuilder, sql } from 'kysely';
import { ROLES, may } from '../../core/members/role.ts';
import { isSearchKey } from './search-column.ts';
import type { Page, PageRequest, Position } from '../../core/shared/page.ts';

/**
 * Bytes of texts after which a page ends, whatever its limit: a hundred long texts would be some 60 MB, in PostgreSQL,
 * here and at the client. The row that goes beyond is the last one, so that every page brings the reader on.
 */
export const PAGE_BYTES = 256 * 1024;

/** What each row of a cut page has besides its own columns. */
export interface Cut {
  /** Whether another row comes behind it, be it cut off. */
  readonly hasNext: boolean;
}

interface Rows {
  readonly schema: EntitySchema;
  /** The column of the role that the rows are for. */
  readonly role: 'members.role' | 'page.role';
  /** Of columns that the page has besides those of the schema. */
  readonly besides?: readonly string[];
}

/**
 * Of a page, in its order, the rows that begin within {@link PAGE_BYTES}, without what is hidden from the role: that
 * must not tell by where the page ends how long it is. PostgreSQL knows the length of a text without reading it, so what
 * is cut off costs nothing.
 */
export function cutPage<Row>(page: Expression<Row>, { schema, role, besides = [] }: Rows): RawBuilder<Row & Cut> {
  const properties = Object.entries<Property>(schema.meta.properties).filter(([name]) => !isSearchKey(name));
  const columns = properties.map(([name, { hidden }]) => (hidden === true ? shownTo(role, name) : columnOf(name)));
  const names = [...properties.map(([name]) => name), ...besides, 'hasNext'].map((name) => sql.ref(name));
  const bytes = sql.join(lengths(properties), sql` + `);
  return sql<Row & Cut>`(select ${sql.join(names)} from (
    select shown.*, coalesce(sum(${bytes}) over before, 0)::int as bytes_before, lead(true, 1, false) over before as has_next
    from (select ${sql.join([...columns, ...besides.map(columnOf)])} from ${page} as page) as shown
    window before as (rows between unbounded preceding and 1 preceding)
  ) as counted where bytes_before < ${sql.lit(PAGE_BYTES)})`;
}

/** The page of rows that `cutPage` found, where it was given one row more than the page's limit. */
export function toCutPage<Row, Item>(
  rows: readonly (Row & Cut)[],
  { limit }: PageRequest,
  toItem: (row: Row & Cut) => Item,
  positionOf: (item: Item) => Position,
): Page<Item> {
  const onPage = rows.slice(0, limit);
  const items = onPage.map(toItem);
  const last = items.at(-1);
  const more = onPage.at(-1)?.hasNext === true;
  return { items, next: more && last !== undefined ? positionOf(last) : null };
}

/** As a row schema has it. */
interface Property {
  readonly type?: unknown;
  readonly columnType?: unknown;
  /** For GMs only. */
  readonly hidden?: unknown;
}

const gms = sql.join(ROLES.filter((role) => may(role, 'secrets:read')).map((role) => sql.lit(role)));

function columnOf(name: string): RawBuilder<unknown> {
  return sql.ref(`page.${name}`);
}

function shownTo(role: Rows['role'], name: string): RawBuilder<unknown> {
  return sql`case when ${sql.ref(role)} in (${gms}) then ${columnOf(name)} end as ${sql.id(name)}`;
}

/** Of every column that may be long. */
function lengths(properties: readonly (readonly [string, Property])[]): readonly RawBuilder<number>[] {
  return properties.flatMap(([name, { type, columnType }]) => {
    const column = sql.ref(`shown.${name}`);
    if (type === TextType) return sql<number>`coalesce(octet_length(${column}), 0)`;
    const isTexts = type instanceof ArrayType && columnType === undefined;
    return isTexts ? sql<number>`octet_length(array_to_string(${column}, ''))` : [];
  });
}
