/** Characters of JSON from which a field is worth leaving out. */
const LONG = 256;

/** An answer's body, and the names of the fields that are null in it because they repeat the request's. */
interface WithoutEcho {
  readonly body: unknown;
  readonly echoed: readonly string[];
}

/** What of an answer is to be stored by whoever gets the same request again. */
export function withoutEcho(answer: unknown, request: unknown): WithoutEcho {
  const given = fieldsOf(request);
  const fields = fieldsOf(answer);
  const echoed = [...fields].filter(([name, value]) => isEcho(value, given.get(name))).map(([name]) => name);
  return { body: echoed.length === 0 ? answer : replaced(fields, echoed, () => null), echoed };
}

/** The whole answer again. */
export function withEcho({ body, echoed }: WithoutEcho, request: unknown): unknown {
  const given = fieldsOf(request);
  return echoed.length === 0 ? body : replaced(fieldsOf(body), echoed, (name) => given.get(name));
}

function isEcho(value: unknown, given: unknown): boolean {
  if (value === undefined || given === undefined) return false;
  const json = JSON.stringify(value);
  return json.length > LONG && json === JSON.stringify(given);
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return new Map<string, unknown>(isRecord ? Object.entries(value) : []);
}

function replaced(
  fields: ReadonlyMap<string, unknown>,
  names: readonly string[],
  by: (name: string) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...fields].map(([name, value]) => [name, names.includes(name) ? by(name) : value]));
}
