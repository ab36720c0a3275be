import { type Caller, makeCaller } from './caller.ts';
import type { LocalCore } from './host.ts';

/** Calls the operations of this machine's core, as the user who was chosen. */
export function makeLocalCaller({ endpoints }: LocalCore, userId: string): Caller {
  const byName = new Map(endpoints.map((endpoint) => [endpoint.spec.name, endpoint]));
  return makeCaller(async (name, request) => {
    const endpoint = byName.get(name);
    if (endpoint === undefined) throw new Error(`No endpoint is called ${name}.`);
    return endpoint.handle({ userId, signInId: null, scopes: null }, request);
  });
}
