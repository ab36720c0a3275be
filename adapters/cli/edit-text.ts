import { spawn } from 'node:child_process';
import type { Host } from './host.ts';
import { misused } from './misused.ts';

/** The command of the user's editor. @throws DomainError `validation_failed` where none is named */
export function editorOf({ env, stdin }: Pick<Host, 'env' | 'stdin'>): string {
  const editor = [env.VISUAL, env.EDITOR, stdin.isTTY ? 'vi' : undefined].find((each) => (each ?? '') !== '');
  if (editor === undefined) throw misused('Which editor? Set VISUAL or EDITOR, such as EDITOR=nano.');
  return editor;
}

/** Opens the file in the editor, and waits for its end. @throws DomainError `validation_failed` unless that was a good one */
export function editText(editor: string, file: string, env: Host['env']): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (how: string, cause?: Error): void => {
      reject(misused(`The editor (${editor}) ${how}`, { cause }));
    };
    // Through the shell, as git does it, because EDITOR may hold arguments: `code --wait`.
    const child = spawn(`${editor} ${quoted(file)}`, { shell: true, stdio: 'inherit', env: { ...env } });
    child.once('error', (error) => {
      fail('cannot be started. Set VISUAL or EDITOR, such as EDITOR=nano.', error);
    });
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      // What a shell ends with where there is no such program, or none that it may run.
      else if (code === 127 || code === 126) fail('cannot be run. Set VISUAL or EDITOR, such as EDITOR=nano.');
      else fail(`ended with ${code ?? signal ?? 'a signal'}.`);
    });
  });
}

/** The path as one word of a command line. */
export function quoted(path: string): string {
  if (/^[\w./:@%+,-]+$/.test(path)) return path;
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
