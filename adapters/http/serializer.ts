import { build } from 'fast-json-stringify';
import type { Schema } from 'yup';
import type { Response } from '../operations/response.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

export type Serialize = (body: unknown) => string;

/**
 * Compiles the schemas of answers, each once, into the functions that write them: what is not declared cannot leave.
 * The functions throw when a field that must be there is missing.
 */
export function makeSerializers(): (response: Response) => Serialize {
  const items = new Map<Schema, Serialize>();
  const lists = new Map<Schema, Serialize>();
  return ({ schema, list }) => {
    // 204 and its like: there is no body to write.
    if (schema === null) return () => '';
    const known = list ? lists : items;
    const serialize = known.get(schema) ?? compile(schema, list);
    known.set(schema, serialize);
    return serialize;
  };
}

interface Structure {
  readonly type?: string;
  readonly nullable: boolean;
  readonly items?: Structure;
  readonly properties?: Readonly<Record<string, Structure>>;
  readonly required?: readonly string[];
}

function compile(schema: Schema, list: boolean): Serialize {
  const item = structureOf(jsonSchema(schema, { of: 'answer' }));
  return build(list ? { type: 'array', nullable: false, items: item } : item);
}

/**
 * Only what decides which fields leave. Formats and integers are left out, as the serializer would rewrite values for
 * them; and null is let through everywhere, as it would write "" or 0 in the place of one that should not be there,
 * which hides the mistake.
 */
function structureOf({ type, items, properties, required }: JsonSchema): Structure {
  const [only] = typeof type === 'string' ? [type] : (type ?? []);
  return {
    nullable: true,
    ...(only !== undefined && { type: only === 'integer' ? 'number' : only }),
    ...(items !== undefined && { items: structureOf(items) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, structureOf(field)])),
    }),
    ...(required !== undefined && { required }),
  };
}
