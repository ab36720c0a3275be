import { connect } from 'node:net';
import type { HostileRequest } from './hostile-requests.ts';

/** Sends it, for whoever has the token where it does not say otherwise, and answers the status. */
export async function sendHostile(
  port: number,
  { method, path, headers = {}, body = '', chunk }: HostileRequest,
  token: string,
): Promise<number> {
  const bytes = Buffer.from(body);
  const all: Readonly<Record<string, string>> = {
    ...{ Host: 'localhost', Connection: 'close', Authorization: `Bearer ${token}` },
    ...(bytes.length > 0 && { 'Content-Type': 'application/json' }),
    ...(chunk === undefined ? { 'Content-Length': String(bytes.length) } : { 'Transfer-Encoding': 'chunked' }),
    ...headers,
  };
  const fields = Object.entries(all).filter(([, value]) => value !== '');
  const socket = connect(port, '127.0.0.1');
  // Who is refused may be cut off while it still sends.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.write(`${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  socket.write(chunk === undefined ? bytes : inChunks(bytes, chunk));
  await closed;
  return Number(answer.slice(9, 12));
}

function inChunks(bytes: Buffer, size: number): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.toString('latin1', at, at + size);
    pieces.push(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  return `${pieces.join('')}0\r\n\r\n`;
}
