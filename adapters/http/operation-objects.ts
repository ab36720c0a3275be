import { takesIdempotencyKey } from '../operations/idempotency.ts';
import type { Endpoint, OperationSpec } from '../operations/operation.ts';
import { fieldsByName, jsonSchema, type JsonSchema } from './json-schema.ts';
import { responseObjects } from './response-objects.ts';
import type { ComponentSchemas } from './component-schemas.ts';

interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  };
  readonly responses: ReturnType<typeof responseObjects>;
}

const text: JsonSchema = { type: 'string' };

const idempotencyKey: ParameterObject = {
  ...header(
    'Idempotency-Key',
    'Makes it safe to repeat: the same key and request within 24 hours get the same answer.',
  ),
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
};

/** What an endpoint adds to its path: an operation for its method, and one for the second method that does the same. */
export function operationObjects(
  endpoint: Endpoint,
  schemas: ComponentSchemas,
): Readonly<Record<string, OperationObject>> {
  const { spec } = endpoint;
  const parameters = parametersOf(endpoint);
  const operation: OperationObject = {
    operationId: spec.name,
    summary: spec.summary,
    tags: [nounOf(spec.path)],
    security: securityOf(spec),
    ...(parameters.length > 0 && { parameters }),
    ...bodyOf(spec, schemas),
    responses: responseObjects(endpoint, schemas),
  };
  return {
    [spec.method.toLowerCase()]: operation,
    ...(spec.alsoMethod && { put: { ...operation, operationId: `${spec.name}ByPut` } }),
  };
}

/**
 * The noun that a path is about: its first segment, or the collection inside another thing. `:id` is the thing itself,
 * so what follows it is a verb or a part of it; a parameter of another name, such as `:campaignId`, is what holds it.
 */
export function nounOf(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== 'api');
  const inside = segments.findLastIndex(
    (segment, index) => !segment.startsWith(':') && /^:(?!id$)/.test(segments[index - 1] ?? ''),
  );
  return segments[Math.max(inside, 0)] ?? 'root';
}

function securityOf({ access }: OperationSpec): OperationObject['security'] {
  if ('public' in access) return [];
  return [{ bearerAuth: 'scope' in access ? [access.scope] : [] }];
}

function parametersOf({ spec, response }: Endpoint): readonly ParameterObject[] {
  return [
    ...declared('path', spec.params),
    ...declared('query', spec.query),
    ...(spec.method === 'GET' && response.etag ? [header('If-None-Match', 'ETags that need not be sent again.')] : []),
    ...(spec.faults?.includes(412) === true
      ? [header('If-Match', 'The ETags that may be changed; any without this header.')]
      : []),
    ...(takesIdempotencyKey(spec) ? [idempotencyKey] : []),
  ];
}

function declared(place: 'path' | 'query', schema: OperationSpec['params']): readonly ParameterObject[] {
  return fieldsByName(schema, 'request').map(({ name, field, required }) => ({
    name,
    in: place,
    required: place === 'path' || required,
    schema: jsonSchema(field, { of: 'request' }),
  }));
}

function header(name: string, description: string): ParameterObject {
  return { name, in: 'header', required: false, description, schema: text };
}

function bodyOf(spec: OperationSpec, schemas: ComponentSchemas): Pick<OperationObject, 'requestBody'> {
  if (spec.body === undefined) return {};
  const required = fieldsByName(spec.body, 'request').some((field) => field.required);
  return { requestBody: { required, content: { 'application/json': { schema: schemas.body(spec, spec.body) } } } };
}
