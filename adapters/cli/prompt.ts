import { type Interface, createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { DomainError } from '../../core/shared/errors.ts';
import type { Host } from './host.ts';
import { misused } from './misused.ts';

type Terminal = Pick<Host, 'stdin' | 'stderr'>;

/** Whether somebody sits there to be asked. Questions go to stderr: stdout may well be a file. */
export function canAsk({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY && stderr.isTTY;
}

/** @throws DomainError `validation_failed` unless the answer is yes, or `yes` was given beforehand */
export async function confirm(terminal: Terminal, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!canAsk(terminal)) throw misused(`${question} Nobody is here to answer: repeat the command with --yes.`);
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: true });
  const [answer = ''] = await answers(lines, [`${question} [y/N] `], (text) => {
    lines.setPrompt(text);
    lines.prompt();
  }).catch((error: unknown) => {
    // The cursor stands behind the question that nobody answered.
    terminal.stderr.write('\n');
    throw error;
  });
  if (!/^(?:y|yes)$/i.test(answer.trim())) throw nothingChanged();
}

/** One answer to each question. What is typed is not shown. */
export async function askSecrets(
  { stdin, stderr }: Terminal,
  questions: readonly string[],
): Promise<readonly string[]> {
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  return answers(createInterface({ input: stdin, output: silent, terminal: true }), questions, (text) => {
    stderr.write(text);
  }).finally(() => stderr.write('\n'));
}

/**
 * Lines are collected as they come and not each by a question of its own: what is pasted comes all at once.
 * @throws DomainError `validation_failed` when the terminal is closed or interrupted instead of an answer
 */
async function answers(
  lines: Interface,
  questions: readonly string[],
  show: (text: string) => void,
): Promise<string[]> {
  try {
    const typed = lines[Symbol.asyncIterator]();
    const given: string[] = [];
    for (const question of questions) {
      show(question);
      const { done, value } = await typed.next();
      if (done === true) throw nothingChanged();
      given.push(value);
    }
    return given;
  } finally {
    lines.close();
  }
}

function nothingChanged(): DomainError {
  return misused('Nothing was changed.');
}
