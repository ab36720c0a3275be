import { type Socket, connect } from 'node:net';

export interface WireRequest {
  readonly method: string;
  readonly target: string;
  /** As they are sent; what is needed for the body is added. */
  readonly headers: readonly (readonly [string, string])[];
  /** Null for none. */
  readonly body: Buffer | null;
}

interface WireResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One connection that is used again and again, and opened again when the server closed it. It sends what is given, byte
 * by byte, where an HTTP client would correct it or refuse; and costs a tenth of one, so that a test can send much.
 */
export interface KeepAliveClient {
  /** @throws Error when the connection ends without an answer, or none comes within 10 s */
  send(request: WireRequest): Promise<WireResponse>;
  close(): void;
}

const PATIENCE = 10_000;
const HEAD_END = Buffer.from('\r\n\r\n');

interface Waiting {
  resolve(response: WireResponse): void;
  reject(error: Error): void;
}

export function makeKeepAliveClient(port: number): KeepAliveClient {
  let socket: Socket | null = null;
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | null = null;

  const settle = (act: (waiting: Waiting) => void): void => {
    const before = waiting;
    waiting = null;
    if (before !== null) act(before);
  };
  const drop = (): void => {
    socket?.destroy();
    socket = null;
    received = Buffer.alloc(0);
  };
  const open = (): Socket => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    opened.setTimeout(PATIENCE, () => opened.destroy(new Error(`No answer within ${PATIENCE} ms.`)));
    opened.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const parsed = parseResponse(received);
      if (parsed === null) return;
      received = received.subarray(parsed.end);
      if (parsed.response.headers.get('connection') === 'close') drop();
      settle(({ resolve }) => {
        resolve(parsed.response);
      });
    });
    let fault: Error | null = null;
    opened.on('error', (error) => {
      fault = error;
    });
    opened.on('close', () => {
      if (socket !== opened) return;
      drop();
      settle(({ reject }) => {
        reject(new Error('The connection ended without an answer.', { cause: fault }));
      });
    });
    return opened;
  };

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (waiting !== null) throw new Error('One request at a time.');
        waiting = { resolve, reject };
        socket ??= open();
        socket.write(bytesOf(request));
      }),
    close: drop,
  };
}

function bytesOf({ method, target, headers, body }: WireRequest): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === null ? [] : [`Content-Length: ${body.length}`]),
  ];
  // A header's characters are its bytes, as Node reads them.
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return body === null ? head : Buffer.concat([head, body]);
}

/** Answers that have a Content-Length or no body, as the API's are; null until all of it is here. */
function parseResponse(bytes: Buffer): { readonly response: WireResponse; readonly end: number } | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return null;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const length = headers.get('content-length');
  if (length === null && status !== 204 && status !== 304) throw new Error(`No Content-Length: ${statusLine}`);
  const begin = headEnd + HEAD_END.length;
  const end = begin + (status === 304 ? 0 : Number(length ?? 0));
  if (bytes.length < end) return null;
  return { response: { status, headers, text: bytes.toString('utf8', begin, end) }, end };
}
