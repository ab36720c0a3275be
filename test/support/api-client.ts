import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export const PASSWORD = 'Quiet Harbour 7';

export interface ApiReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface ApiRequest {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** One request, with nothing between the test and the connection. @throws whatever happens to the connection */
export function callApi(
  url: string,
  { method = 'GET', token, body, headers = {}, agent }: ApiRequest = {},
): Promise<ApiReply> {
  const payload = body === undefined ? null : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        ...(agent && { agent }),
        headers: {
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(payload !== null && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: received } = response;
          resolve({ status: statusCode, headers: received, text: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    sent.on('error', reject);
    sent.end(payload ?? undefined);
  });
}

/** A field of a JSON object, as text. */
export function textIn(json: string, ...path: readonly string[]): string {
  let value: unknown = JSON.parse(json);
  for (const name of path) {
    value =
      typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : value;
  }
  if (typeof value !== 'string') throw new Error(`There is no ${path.join('.')} in ${json}`);
  return value;
}

let users = 0;

/** Registers somebody new; answers the id and the access token. */
export async function newUser(url: string): Promise<{ readonly id: string; readonly token: string }> {
  users += 1;
  const name = `user${process.pid}x${users}`;
  const body = { email: `${name}@example.org`, username: name, password: PASSWORD };
  const { status, text } = await callApi(`${url}/api/auth/register`, { method: 'POST', body });
  if (status !== 201) throw new Error(text);
  return { id: textIn(text, 'user', 'id'), token: textIn(text, 'token') };
}
