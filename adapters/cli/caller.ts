import type { Operation, RawRequest } from '../operations/operation.ts';

/** What is needed of an operation to call it, here or on a server. */
export type Callable<I, O> = Pick<Operation<never, I, O>, 'spec' | 'request' | 'bind'>;

/** Calls operations as the acting user. All throw DomainError. */
export interface Caller {
  call<I, O>(operation: Callable<I, O>, request: NoInfer<I>): Promise<O>;
  /** As call, of one thing: with the version that it is of, for a change that expects no other. */
  look<I, O>(operation: Callable<I, O>, request: NoInfer<I>): Promise<Look<O>>;
  /** With a request that a user composed (`--json-file`), which only the operation's own guard checks. */
  send<O>(operation: Callable<never, O>, request: RawRequest): Promise<O>;
  /** Throws what `send` would, and changes nothing. */
  rehearse(operation: Callable<never, unknown>, request: RawRequest): Promise<void>;
  /** All items of a list, page after page, or the first `limit`. */
  pages<I, O>(operation: Callable<I, readonly O[]>, request: NoInfer<I>, limit?: number): Promise<readonly O[]>;
}

export interface Look<O> {
  readonly body: O;
  /** What a change of just this expects. */
  readonly expectedVersions: readonly number[];
}

/** One page of the answer to a request. */
export interface Reply {
  readonly body: unknown;
  /** The cursor of the next page. */
  readonly next: string | null;
  readonly etag?: string | null;
}

/** Sends a request of the operation called `name`. */
type Exchange = (name: string, request: RawRequest) => Promise<Reply>;

const PAGE = 100;

/**
 * A caller over any transport. `rehearse` sends and takes back; by default nothing is asked beforehand, for transports
 * that cannot.
 */
export function makeCaller(exchange: Exchange, rehearse?: (...given: Parameters<Exchange>) => Promise<void>): Caller {
  const send = async <O>(operation: Callable<never, O>, request: RawRequest): Promise<O> =>
    bodyOf(operation, await exchange(operation.spec.name, request));
  return {
    send,
    call: (operation, request) => send(operation, operation.request(request)),
    look: async (operation, request) => {
      const reply = await exchange(operation.spec.name, operation.request(request));
      // A tag begins with the version.
      return { body: bodyOf(operation, reply), expectedVersions: [Number.parseInt(reply.etag ?? '', 10)] };
    },
    rehearse: async (operation, request) => {
      await rehearse?.(operation.spec.name, request);
    },
    pages: async <I, O>(operation: Callable<I, readonly O[]>, request: I, limit = Infinity): Promise<readonly O[]> => {
      const raw = operation.request(request);
      const filters = typeof raw.query === 'object' ? raw.query : {};
      const items: O[] = [];
      let cursor: string | null = null;
      do {
        const query = { ...filters, limit: Math.min(PAGE, limit - items.length), ...(cursor !== null && { cursor }) };
        const reply: Reply = await exchange(operation.spec.name, { ...raw, query });
        items.push(...bodyOf(operation, reply));
        cursor = reply.next;
      } while (cursor !== null && items.length < limit);
      return items;
    },
  };
}

function bodyOf<O>(_: Callable<never, O>, { body }: Reply): O {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the endpoint of the operation's name is the operation, bound
  return body as O;
}
