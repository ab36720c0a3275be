import type { Context } from './context.ts';
import { parseMoment } from './parse-moment.ts';
import type { Question } from './parse-words.ts';
import { tellMoment } from './show-moment.ts';

/**
 * A moment that was typed, as the API takes it, telling what it was taken for.
 * @throws DomainError `validation_failed`
 */
export async function takeMoment(
  { host, say }: Pick<Context, 'host' | 'say'>,
  question: Omit<Question, 'now'>,
): Promise<string> {
  const date = await parseMoment({ ...question, now: host.now() });
  say(`${question.option}: ${tellMoment(date, question.zone)}`);
  return date.toISOString();
}
