import { createReadStream } from 'node:fs';
import { MAX_BYTES, UnreadableText } from '../operations/read-json.ts';
import type { Host } from './host.ts';
import { misused } from './misused.ts';

/**
 * What `read` makes of a file, or of standard input for `-`: of no more than the API takes for a body.
 * @throws DomainError `validation_failed` naming `option`
 */
export async function readInput<T>(
  { stdin }: Pick<Host, 'stdin'>,
  file: string,
  option: string,
  read: (bytes: Uint8Array) => T,
): Promise<T> {
  if (file !== '-') return readFileInput(file, option, read);
  return readAs(await readAll(stdin, option), option, read);
}

/** As readInput, of a file whatever its name. */
export async function readFileInput<T>(file: string, option: string, read: (bytes: Uint8Array) => T): Promise<T> {
  return readAs(await readFile(file, option), option, read);
}

function readAs<T>(bytes: Uint8Array, option: string, read: (bytes: Uint8Array) => T): T {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof UnreadableText) throw misused(`${option}: it ${error.message}.`, { cause: error });
    throw error;
  }
}

async function readFile(file: string, option: string): Promise<Uint8Array> {
  try {
    return await readAll(createReadStream(file), option);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    const code = 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw misused(`${option}: "${file}": ${why}.`, { cause: error });
  }
}

async function readAll(stream: AsyncIterable<unknown>, option: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_BYTES) throw misused(`${option}: it is larger than ${MAX_BYTES} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
