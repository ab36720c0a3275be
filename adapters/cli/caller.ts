import type { Operation, RawRequest } from '../operations/operation.ts';

/** What is needed of an operation to call it, here or on a server. */
type Callable<I, O> = Pick<Operation<never, I, O>, 'spec' | 'request' | 'bind'>;

/** Calls operations as the acting user. All throw DomainError. */
export interface Caller {
  call<I, O>(operation: Callable<I, O>, request: NoInfer<I>): Promise<O>;
  /** With a request that a user composed (`--json-file`), which only the operation's own guard checks. */
  send<O>(operation: Callable<never, O>, request: RawRequest): Promise<O>;
  /** All items of a list, page after page, or the first `limit`. */
  pages<I, O>(operation: Callable<I, readonly O[]>, request: NoInfer<I>, limit?: number): Promise<readonly O[]>;
}

/** One page of the answer to a request. */
export interface Reply {
  readonly body: unknown;
  /** The cursor of the next page. */
  readonly next: string | null;
}

const PAGE = 100;

/** A caller over any transport: `exchange` sends a request of the operation called `name` and answers its body. */
export function makeCaller(exchange: (name: string, request: RawRequest) => Promise<Reply>): Caller {
  const send = async <O>(operation: Callable<never, O>, request: RawRequest): Promise<O> =>
    bodyOf(operation, await exchange(operation.spec.name, request));
  return {
    send,
    call: (operation, request) => send(operation, operation.request(request)),
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
