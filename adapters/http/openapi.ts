import type { Endpoint } from '../operations/operation.ts';
import { type ComponentSchemas, makeComponentSchemas } from './component-schemas.ts';
import { type OperationObject, nounOf, operationObjects } from './operation-objects.ts';
import { type HeaderObject, type ResponseObject, problemResponses, responseHeaders } from './response-objects.ts';
import type { JsonSchema } from './json-schema.ts';

export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
    readonly headers: Readonly<Record<string, HeaderObject>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

const DESCRIPTION = `Campaigns, sessions and all that belongs to a game master's table.
Every answer carries \`x-request-id\`; send one, or a W3C \`traceparent\`, to follow a request through the logs.
Faults are \`application/problem+json\` (RFC 9457): branch on \`code\`.`;

/** OpenAPI 3.1 of these endpoints, made of nothing but their specs. */
export function openApiDocument(
  endpoints: readonly Endpoint[],
  { version }: { readonly version: string },
): OpenApiDocument {
  const schemas = makeComponentSchemas(endpoints);
  const nouns = [...new Set(endpoints.map(({ spec }) => nounOf(spec.path)))].sort();
  return {
    openapi: '3.1.1',
    info: { title: 'Lazy Foundry', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: nouns.map((name) => ({ name, description: `Operations on ${name}.` })),
    paths: pathsOf(endpoints, schemas),
    components: {
      schemas: schemas.all(),
      responses: problemResponses(endpoints),
      headers: responseHeaders,
      securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer', description: 'An access or API token.' } },
    },
  };
}

function pathsOf(endpoints: readonly Endpoint[], schemas: ComponentSchemas): OpenApiDocument['paths'] {
  const paths = new Map<string, Record<string, OperationObject>>();
  for (const endpoint of endpoints) {
    const path = endpoint.spec.path.replaceAll(/:(\w+)/g, '{$1}');
    paths.set(path, { ...paths.get(path), ...operationObjects(endpoint, schemas) });
  }
  return Object.fromEntries(paths);
}
