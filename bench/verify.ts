import { isDeepStrictEqual } from 'node:util';
import type { Case } from './cases.ts';
import type { Call } from './drive.ts';

/** What the first server answered to a case; every other one has to answer the same. */
export type Expectations = Map<string, Answer>;

interface Answer {
  readonly by: string;
  readonly status: number;
  readonly body: unknown;
  /** Whether it names a next page. */
  readonly more: boolean;
}

/** @throws Error that shows both answers when this one is wrong */
export async function verify(
  { name, statuses, given = [] }: Case,
  calls: readonly Call[],
  { url, by, expectations }: { readonly url: string; readonly by: string; readonly expectations: Expectations },
): Promise<void> {
  for (const [index, call] of calls.entries()) {
    const answer = await ask(url, call, by, given);
    const request = `${call.method} ${call.path}`;
    if (!statuses.includes(answer.status)) {
      throw new Error(`${by} answered ${request} with ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    const key = `${name} ${index}`;
    const expected = expectations.get(key) ?? answer;
    expectations.set(key, expected);
    if (isDeepStrictEqual({ ...answer, by: '' }, { ...expected, by: '' })) continue;
    throw new Error(
      `${by} and ${expected.by} answer ${request} differently:\n${JSON.stringify(answer)}\n${JSON.stringify(expected)}`,
    );
  }
}

async function ask(url: string, call: Call, by: string, given: readonly string[]): Promise<Answer> {
  const response = await fetch(url + call.path, {
    method: call.method,
    headers: { ...call.headers, ...(call.body !== undefined && { 'content-type': 'application/json' }) },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  });
  const text = await response.text();
  const body: unknown = text === '' ? null : JSON.parse(text, (key, value: unknown) => masked(key, value, given));
  return { by, status: response.status, body, more: response.headers.get('link')?.includes('rel="next"') ?? false };
}

/** What the server gives is compared by its kind only. */
function masked(key: string, value: unknown, given: readonly string[]): unknown {
  return given.includes(key) && value !== null ? `<${typeof value}>` : value;
}
