import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

interface SlowRequest {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body: object;
}

/** Sends the rest, and answers the status and the body of the answer. */
type Finish = () => Promise<{ readonly status: number; readonly text: string }>;

/**
 * Sends a request but for the second half of its body. Resolves when the server waits for that: by then it has done all
 * that it does before. @throws Error when it answers instead
 */
export async function beginSlowly(url: string, { method, path, token, body }: SlowRequest): Promise<Finish> {
  const { host, hostname, port } = new URL(url);
  const json = JSON.stringify(body);
  const half = json.length / 2;
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${token}`, 'Connection: close'];
  const content = ['Content-Type: application/json', `Content-Length: ${json.length}`, 'Expect: 100-continue'];
  socket.write(`${[...head, ...content].join('\r\n')}\r\n\r\n`);
  const asked = await new Promise<string>((resolve) => {
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString());
    });
  });
  if (!asked.startsWith('HTTP/1.1 100 ')) throw new Error(`${method} ${path}: ${asked}`);
  socket.write(json.slice(0, half));
  return async () => {
    socket.write(json.slice(half));
    const text = await textOf(socket);
    return { status: Number(text.slice(9, 12)), text };
  };
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}
