import { expect } from 'chai';
import { openApiDocument } from '../../adapters/http/openapi.ts';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import { type JsonObject, checkAnswer } from './contract.ts';
import { noteAnswer } from './outcomes.ts';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What is no object is empty here. */
  readonly body: JsonObject;
  /** The entries of a list; none of anything else. */
  readonly items: readonly JsonObject[];
}

type HeaderFields = Readonly<Record<string, string>>;

/** Talks to the API as one caller. Every answer is checked against the contract before a test sees it. */
export interface Client {
  get(path: string, headers?: HeaderFields): Promise<ApiResponse>;
  post(path: string, body?: unknown, headers?: HeaderFields): Promise<ApiResponse>;
  patch(path: string, body: unknown, headers?: HeaderFields): Promise<ApiResponse>;
  put(path: string, body: unknown, headers?: HeaderFields): Promise<ApiResponse>;
  delete(path: string, headers?: HeaderFields): Promise<ApiResponse>;
  /** The body as it stands, under the content type application/json; none without a text. */
  sendText(method: string, path: string, text?: string): Promise<ApiResponse>;
}

/** For the caller with this token, or for nobody. */
export function makeClients(url: string, endpoints: readonly Endpoint[]): (token: string | null) => Client {
  const { paths } = openApiDocument(endpoints, { version: '0.0.0' });
  const send = async (
    method: string,
    path: string,
    content: { readonly text?: string | undefined; readonly headers: HeaderFields },
  ): Promise<ApiResponse> => {
    const { text: sent, headers } = content;
    const response = await fetch(`${url}${path}`, { method, headers, ...(sent !== undefined && { body: sent }) });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    const name = checkAnswer({ method, path, endpoints, paths }, answer);
    if (name !== null) noteAnswer(name, answer.status);
    const parsed: unknown = answer.text === '' ? null : JSON.parse(answer.text);
    return { ...answer, body: isObject(parsed) ? parsed : {}, items: Array.isArray(parsed) ? parsed : [] };
  };

  return (token) => {
    const authorization: HeaderFields = token === null ? {} : { Authorization: `Bearer ${token}` };
    const sendJson = (method: string, path: string, body: unknown, headers: HeaderFields = {}): Promise<ApiResponse> =>
      send(method, path, {
        text: body === undefined ? undefined : JSON.stringify(body),
        headers: {
          ...authorization,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
      });
    return {
      get: (path, headers) => sendJson('GET', path, undefined, headers),
      post: (path, body, headers) => sendJson('POST', path, body, headers),
      patch: (path, body, headers) => sendJson('PATCH', path, body, headers),
      put: (path, body, headers) => sendJson('PUT', path, body, headers),
      delete: (path, headers) => sendJson('DELETE', path, undefined, headers),
      sendText: (method, path, text) =>
        send(method, path, {
          text,
          headers: { ...authorization, ...(text !== undefined && { 'Content-Type': 'application/json' }) },
        }),
    };
  };
}

/** Every entry of a list, page after page by its Link headers. `between` runs before each further page is asked for. */
export async function allPages(
  client: Client,
  path: string,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ readonly items: readonly JsonObject[]; readonly pages: number }> {
  const items: JsonObject[] = [];
  let next: string | null = path;
  let pages = 0;
  while (next !== null) {
    if (pages > 0) await between();
    const page: ApiResponse = await client.get(next);
    expect(page.status, page.text).to.equal(200);
    items.push(...page.items);
    pages += 1;
    next = nextLink(page);
    if (pages > 200) throw new Error(`The list ${path} does not end.`);
  }
  return { items, pages };
}

/** Where the next page is; null on the last. */
export function nextLink({ headers }: ApiResponse): string | null {
  const link = headers.get('Link');
  if (link === null) return null;
  const [, path] = /^<([^>]+)>; rel="next"$/.exec(link) ?? [];
  if (path === undefined) throw new Error(`What Link is this: ${link}`);
  return path;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
