import { readFile } from 'node:fs/promises';
import type { Host } from './host.ts';
import { misused } from './misused.ts';

/** The text of a file, or of standard input for `-`, without a byte order mark. @throws DomainError `validation_failed` naming `option` */
export async function readInput(host: Pick<Host, 'stdin'>, file: string, option: string): Promise<string> {
  return (await readText(host, file, option)).replace(/^\uFEFF/, '');
}

async function readText({ stdin }: Pick<Host, 'stdin'>, file: string, option: string): Promise<string> {
  if (file === '-') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  }
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw misused(`${option}: "${file}": ${why}.`, { cause: error });
  }
}
