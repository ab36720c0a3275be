import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error.ts';
import { isOthersToWrite } from './private-file.ts';
import type { Env } from './setting-reader.ts';

const LARGEST = 1024 * 1024;

/** Reads `NAME=value` lines; none where there is no such file. @throws ConfigError that names every fault */
export async function readSettingsFile(folder: string, name: string): Promise<Env> {
  const path = join(folder, name);
  const refuse = (fault: string): never => {
    throw new ConfigError([`${path} ${fault}`]);
  };
  const found = await look(path).catch((error: unknown) =>
    refuse(`cannot be read (${codeOf(error)}). Let this user read it, or start in another folder.`),
  );
  if (found === null) return {};
  // A password manager may hand it out by a pipe.
  if (!found.isFile() && !found.isFIFO()) return refuse('is no file, so nothing can be read from it. Rename it.');
  if (found.size > LARGEST) return refuse('has more than a megabyte. It should hold settings only.');
  if (await isOthersToWrite(found, folder, 0o002)) {
    return refuse(`may be written by other users, who could set anything by it. Mend it: chmod go-w '${path}'`);
  }
  const bytes = await readFile(path).catch((error: unknown) =>
    refuse(`cannot be read (${codeOf(error)}). Let this user read it, or start in another folder.`),
  );
  const text = decoded(bytes);
  if (text === null) return refuse('is no text in UTF-8 or UTF-16. Save it as UTF-8 in your editor.');
  const faults = faultsIn(text);
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => `${path}, ${fault}`));
  return parseEnv(text);
}

/** Of what a link leads to. Null only where there is nothing: a link that leads nowhere is a mistake. */
async function look(path: string): Promise<Stats | null> {
  try {
    await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  return stat(path);
}

/** By its byte order mark, else UTF-8; every line ends with `\n`. Null for what is neither. */
function decoded(bytes: Uint8Array): string | null {
  const mark = [...bytes.subarray(0, 2)].map((byte) => byte.toString(16)).join(' ');
  const encoding = mark === 'ff fe' ? 'utf-16le' : mark === 'fe ff' ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text.replaceAll(/\r\n?/g, '\n');
  } catch {
    return null;
  }
}

const NOTHING = /[^\S\n]*(?:#.*)?(?:\n|$)/y;
const NAME = /[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][\w.-]*)[^\S\n]*=/y;
const QUOTED = /[^\S\n]*(?:"[^"]*"|'[^']*'|`[^`]*`)[^\S\n]*(?:#.*)?(?:\n|$)/y;
/** A comment has a space before it; a `#` without one was meant to be part of the value. */
const PLAIN = /(?![^\S\n]*["'`])[^\n#]*(?:(?<=[^\S\n])#.*)?(?:\n|$)/y;
const REST = /.*(?:\n|$)/y;

/** Node.js skips over what it does not understand, and so what somebody meant to set. Values are not repeated. */
function faultsIn(text: string): readonly string[] {
  const faults: string[] = [];
  const names = new Set<string>();
  let at = 0;
  let line = 1;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    at += found?.[0].length ?? 0;
    line += found?.[0].match(/\n/g)?.length ?? 0;
    return found;
  };
  while (at < text.length) {
    if (take(NOTHING) !== null) continue;
    const where = `line ${line}:`;
    const name = take(NAME)?.[1];
    if (name === undefined) {
      faults.push(`${where} Write NAME=value, or begin the line with # if it is a comment.`);
      take(REST);
      continue;
    }
    if (names.has(name)) faults.push(`${where} ${name} was set before. Keep one of both.`);
    names.add(name);
    if ((take(QUOTED) ?? take(PLAIN)) !== null) continue;
    faults.push(`${where} The value of ${name} would be cut off at a quote or a #. Put quotes around it: ${name}='…'`);
    take(REST);
  }
  return faults;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
