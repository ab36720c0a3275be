import { type EntitySchema, p } from '@mikro-orm/postgresql';
import { VISIBILITIES, type Visibility } from '../../core/world/entry.ts';
import { CampaignRow } from './campaign-repository.ts';
import { isBetween, isOneOf } from './row-schema.ts';

/* What the row schemas of the nouns of the world have in common. Their tables are named by the noun's plural. */

export const entryColumns = Object.freeze({
  id: p.uuid().primary(),
  campaignId: () => p.manyToOne(CampaignRow).mapToPk().deleteRule('cascade').updateRule('no action'),
  name: p.text(),
  searchKey: p.text().nullable(),
  tags: p.array(),
  tagKeys: p.array().nullable(),
  visibility: p.text().$type<Visibility>(),
  visibleTo: p.array().columnType('uuid[]'),
  gmNotes: p.text().nullable().hidden(),
  createdAt: p.datetime(3),
  updatedAt: p.datetime(3),
  deletedAt: p.datetime(3).nullable(),
  version: p.integer(),
});

/** The tables of the nouns of the world, among all. */
export function entryTables(rows: readonly EntitySchema[]): readonly string[] {
  return rows.filter(({ meta }) => 'visibleTo' in meta.properties).map(({ tableName }) => tableName);
}

/** For the list, by name. */
export function entryIndex(table: string): { readonly name: string; readonly expression: string } {
  const name = `${table}_by_name_index`;
  const expression = `create index "${name}" on "${table}" ("campaign_id", (lower("name")), "id") where "deleted_at" is null`;
  return { name, expression };
}

/** Checks of texts that are at most so long, by their columns. */
export function atMost(length: number, ...columns: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(columns.map((column) => [column, `length(${column}) <= ${length}`]));
}

interface Check {
  readonly name: string;
  readonly expression: string;
}

/** `own` are those of the noun's own columns, by what they are about. */
export function entryChecks(table: string, own: Readonly<Record<string, string>>): Check[] {
  const checks = {
    name: isBetween('length(name)', 1, 255),
    visibility: isOneOf('visibility', VISIBILITIES),
    visible_to: "visibility = 'chosen' or cardinality(visible_to) = 0",
    ...atMost(100_000, 'gm_notes'),
    ...own,
  };
  return Object.entries(checks).map(([about, expression]) => ({ name: `${table}_${about}_check`, expression }));
}
