import type { Transaction } from './transaction.ts';

/** Runs `work` and keeps nothing of what it writes: whether it would be refused is all that is asked. @throws what it throws */
export async function rehearse(transaction: Transaction, work: () => Promise<unknown>): Promise<void> {
  const over = new Error('This was a rehearsal.');
  try {
    await transaction.run(async () => {
      await work();
      throw over;
    });
  } catch (error) {
    if (error !== over) throw error;
  }
}
