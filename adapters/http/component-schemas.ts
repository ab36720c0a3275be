import type { Schema } from 'yup';
import type { Endpoint, OperationSpec } from '../operations/operation.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

/** RFC 9457, and what we add to it. */
const problem: JsonSchema = {
  type: 'object',
  description: 'A fault, told as RFC 9457 has it.',
  properties: {
    type: { type: 'string', description: 'urn:lazy-foundry:problem: and the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence for whoever reads it; it may change.' },
    instance: { type: 'string', description: 'The path of the request.' },
    code: { type: 'string', description: 'The stable name of the fault.' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      description: 'For 400: each field at fault, by its path; an empty path is the whole.',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
};

/** The schemas of the document's components. */
export interface ComponentSchemas {
  /** What an answer's schema is called there, or the schema itself where it has no name. */
  answer(schema: Schema): JsonSchema;
  /** The same for the body that an operation takes. */
  body(spec: OperationSpec, schema: Schema): JsonSchema;
  all(): Readonly<Record<string, JsonSchema>>;
}

/** Names answers by their labels, else by the calls that read them: `getSession` reads a Session, `listSignIns` SignIns. */
export function makeComponentSchemas(endpoints: readonly Endpoint[]): ComponentSchemas {
  const names = namesOf(endpoints);
  const refer = (schema: Schema): string | undefined => referenceTo(names.get(schema));
  const bodies = endpoints.flatMap(({ spec }) => (spec.body ? [[bodyName(spec), bodyOf(spec.body)] as const] : []));
  return {
    answer: (schema) => {
      const $ref = refer(schema);
      return $ref === undefined ? jsonSchema(schema, { of: 'answer', refer }) : { $ref };
    },
    body: (spec) => ({ $ref: `#/components/schemas/${bodyName(spec)}` }),
    all: () => ({
      Problem: problem,
      ...Object.fromEntries(
        [...names].map(([schema, name]) => [name, jsonSchema(schema, { of: 'answer', refer })] as const),
      ),
      ...Object.fromEntries(bodies),
    }),
  };
}

function namesOf(endpoints: readonly Endpoint[]): ReadonlyMap<Schema, string> {
  const names = new Map<Schema, string>();
  for (const { spec, response } of endpoints) {
    const [, verb, noun = null] = /^(get|list)([A-Z]\w*)$/.exec(spec.name) ?? [];
    const name = response.schema?.spec.label ?? (verb === 'list' && noun !== null ? singular(noun) : noun);
    if (response.schema === null || name === null || names.has(response.schema)) continue;
    // Two schemas of one name: the second is written out where it is used.
    if (![...names.values()].includes(name) && name !== 'Problem') names.set(response.schema, name);
  }
  return names;
}

function singular(plural: string): string {
  return plural.endsWith('ies') ? `${plural.slice(0, -3)}y` : plural.replace(/s$/, '');
}

function referenceTo(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `#/components/schemas/${name}`;
}

function bodyName({ name }: OperationSpec): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Body`;
}

function bodyOf(schema: Schema): JsonSchema {
  return jsonSchema(schema, { of: 'request' });
}
