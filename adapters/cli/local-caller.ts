import { type Caller, type Reply, makeCaller } from './caller.ts';
import type { RawRequest } from '../operations/operation.ts';
import type { LocalCore } from './host.ts';

/** Calls the operations of this machine's core, as the user who was chosen. */
export function makeLocalCaller({ endpoints, rehearse }: LocalCore, userId: string): Caller {
  const byName = new Map(endpoints.map((endpoint) => [endpoint.spec.name, endpoint]));
  const exchange = async (name: string, request: RawRequest): Promise<Reply> => {
    const endpoint = byName.get(name);
    if (endpoint === undefined) throw new Error(`No endpoint is called ${name}.`);
    return endpoint.handle({ userId, signInId: null, scopes: null }, request);
  };
  return makeCaller(exchange, (name, request) => rehearse(() => exchange(name, request)));
}
