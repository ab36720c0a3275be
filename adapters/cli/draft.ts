import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DomainError } from '../../core/shared/errors.ts';
import { readText } from '../operations/read-json.ts';
import type { Host } from './host.ts';
import { readFileInput } from './read-input.ts';

/** A text on its way from the editor to where it is saved, in a file that outlives whatever goes wrong on that way. */
export interface Draft {
  readonly file: string;
  /** Whether it is there and holds another text than when it was opened, or one that cannot be read. */
  hasChanged(): Promise<boolean>;
  /** @throws DomainError `validation_failed` when it cannot be read */
  read(): Promise<string>;
  /** For when it is saved. A file that is the user's own stays. */
  remove(): Promise<void>;
}

const PREFIX = 'foundry-draft-';

/**
 * One for each text, called `<field>.md`: in the data folder, else among the temporary files, as a full disk should keep
 * nobody from writing. GM notes are secret: the folder is the user's alone (mode 0700).
 */
export async function openDrafts(
  host: Pick<Host, 'dataFolder'>,
  texts: readonly (readonly [field: string, text: string])[],
): Promise<readonly Draft[]> {
  if (texts.length === 0) return [];
  const make = async (place: string): Promise<readonly Draft[]> => {
    await mkdir(place, { mode: 0o700 }).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
    const folder = await mkdtemp(join(place, PREFIX));
    const files = texts.map(([field, text]) => ({ file: join(folder, `${field}.md`), text }));
    for (const { file, text } of files) await writeFile(file, text, { mode: 0o600, flush: true });
    return files.map(({ file, text }) => draft(file, text));
  };
  return host
    .dataFolder()
    .then((folder) => make(join(folder, 'drafts')))
    .catch(() => make(tmpdir()))
    .catch((error: unknown) => {
      throw new DomainError(
        'unavailable',
        `There is no place for your text while you write: neither the data folder nor ${tmpdir()} can be written to. ` +
          'Free some space, or set FOUNDRY_DATA_DIR or TMPDIR to a folder that you may write to.',
        [],
        { cause: error },
      );
    });
}

/** What an earlier command kept, or any other file. @throws DomainError `validation_failed` when it cannot be read */
export async function recoverDraft(path: string): Promise<Draft> {
  const file = resolve(path);
  return draft(file, await readFileInput(file, '--recover', readText));
}

function draft(file: string, before: string): Draft {
  const read = (): Promise<string> => readFileInput(file, 'Your text', readText);
  return {
    file,
    read,
    hasChanged: async () => existsSync(file) && (await read().catch(() => null)) !== before,
    remove: async () => {
      const folder = dirname(file);
      if (!basename(folder).startsWith(PREFIX)) return;
      await rm(file, { force: true });
      // Another text of the same command may wait there; what else there is are an editor's own copies.
      const left = await readdir(folder);
      if (!left.some((name) => name.endsWith('.md'))) await rm(folder, { recursive: true, force: true });
    },
  };
}
