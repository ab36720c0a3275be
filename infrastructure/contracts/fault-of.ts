import { DomainError } from '../../core/shared/errors.ts';

/** The domain error that `work` ends with. @throws what else it ends with, or when it succeeds */
export async function faultOf(work: Promise<unknown> | (() => unknown)): Promise<DomainError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('This should have been refused, and was not.');
}

/** The code of the fault that `work` ends with. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  const { code } = await faultOf(work);
  return code;
}

/** How often each outcome occurs, faults by their code: `{ done: 1, email_taken: 19 }`. */
export async function outcomesOf(works: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (const result of await Promise.allSettled(works)) {
    const outcome = result.status === 'fulfilled' ? 'done' : nameOf(result.reason);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

function nameOf(reason: unknown): string {
  return reason instanceof DomainError ? reason.code : String(reason);
}
