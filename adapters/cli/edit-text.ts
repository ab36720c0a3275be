import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from './host.ts';
import { misused } from './misused.ts';

/** The text as it was left in `$VISUAL`, else `$EDITOR`; null when nothing was changed. */
export async function editText({ env, stdin }: Pick<Host, 'env' | 'stdin'>, text: string): Promise<string | null> {
  const editor = [env.VISUAL, env.EDITOR, stdin.isTTY ? 'vi' : undefined].find((each) => (each ?? '') !== '');
  if (editor === undefined) throw misused('Which editor? Set VISUAL or EDITOR, such as EDITOR=nano.');
  // GM notes are secret: the folder is the user's alone (mode 0700).
  const folder = await mkdtemp(join(tmpdir(), 'foundry-'));
  try {
    const file = join(folder, 'text.md');
    await writeFile(file, text, { mode: 0o600 });
    await runEditor(editor, file, env);
    const edited = await readFile(file, 'utf8');
    // Editors end a file with a line break, whether or not there was one.
    return edited.trimEnd() === text.trimEnd() ? null : edited.trimEnd();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runEditor(editor: string, file: string, env: Host['env']): Promise<void> {
  return new Promise((resolve, reject) => {
    // Through the shell, as git does it, because EDITOR may hold arguments: `code --wait`.
    const child = spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit', env: { ...env } });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(misused(`The editor (${editor}) ended with ${code ?? 'a signal'}. Nothing was changed.`));
    });
  });
}
