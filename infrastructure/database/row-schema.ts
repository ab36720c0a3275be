import {
  type EntitySchema,
  type InferKyselyDB,
  JsonType,
  type MikroORM,
  UnderscoreNamingStrategy,
} from '@mikro-orm/postgresql';
import type { Selectable } from 'kysely';
import { type Parameter, asParameter } from './statement.ts';

/* What the row schemas have in common. Their properties have the names of the entities' fields. */

/** `campaignId` is the column `campaign_id`, also where it refers to another table. */
export class ColumnNames extends UnderscoreNamingStrategy {
  override joinKeyColumnName(propertyName: string): string {
    return this.propertyToColumnName(propertyName);
  }
}

/** The tables of row schemas, as Kysely knows them. */
export type TablesOf<S extends { name: string }> = InferKyselyDB<S, { columnNamingStrategy: 'property' }>;

/** What is found in the table of a row schema. */
export type RowOf<S extends { name: string }> = Selectable<TablesOf<S>[keyof TablesOf<S>]>;

/** A check's text as PostgreSQL tells it: one of these words. */
export function isOneOf(column: string, words: readonly string[]): string {
  return `${column} in (${words.map((word) => `'${word}'`).join(', ')})`;
}

export function isBetween(column: string, least: number, most: number): string {
  return `${column} >= ${least} and ${column} <= ${most}`;
}

export interface RowColumn {
  readonly name: string;
  readonly property: string;
  readonly isKey: boolean;
  /** Whether it may be so long that PostgreSQL keeps it apart from the row. */
  readonly isText: boolean;
  /** The property's value as PostgreSQL takes it. */
  toParameter(value: unknown): Parameter;
}

/** What MikroORM has found out about a schema's columns, in their order. */
export function columnsOf(orm: MikroORM, schema: EntitySchema): readonly RowColumn[] {
  const { props } = orm.getMetadata().get(schema.meta.class);
  return props.map(({ name: property, fieldNames: [name = property], primary, customType, columnTypes }) => ({
    name,
    property,
    isKey: primary === true,
    isText: columnTypes[0] === 'text' || columnTypes[0] === 'text[]',
    toParameter: (value) =>
      asParameter(customType instanceof JsonType && value !== null ? JSON.stringify(value) : value),
  }));
}
