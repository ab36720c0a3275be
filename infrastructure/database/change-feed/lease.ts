import { LEASE, LONGEST_LIFE } from './lifetimes.ts';

/** Whether what is kept may be relied on: every change that could matter has been heard of. */
export interface Lease {
  /** Asking keeps the lease alive; who does not ask needs none, and costs nothing. */
  isValid(): boolean;
  /** A question of this number has come back through the feed. */
  returned(number: number): void;
  /** The feed is there, and listens. */
  begin(): void;
  /** The feed is gone. */
  end(): void;
}

interface Deps {
  /**
   * Sends a question through the feed to oneself, and tells all writers that somebody holds a lease. What comes back was
   * queued behind all that was announced before.
   */
  readonly ask: (number: number) => void;
  /** From here on every change is heard of. What was kept before may be stale. */
  readonly restarted: () => void;
  /** The feed is there and silent. */
  readonly silent: () => void;
  /** So long after it was last of use a lease is let go. */
  readonly idleMs?: number;
}

const EVERY = 300;
const SILENCE = 3 * LEASE;

export function makeLease({ ask, restarted, silent, idleMs = LONGEST_LIFE }: Deps): Lease {
  let isListening = false;
  let validUntil = -Infinity;
  let lastUse = -Infinity;
  let question = { number: 0, askedAt: -Infinity, isOpen: false };
  let waitingSince = -Infinity;
  let timer: NodeJS.Timeout | null = null;

  const askNow = (now: number): void => {
    if (!question.isOpen) waitingSince = now;
    question = { number: question.number + 1, askedAt: now, isOpen: true };
    ask(question.number);
  };
  const tick = (): void => {
    const now = performance.now();
    // Nothing that was kept lives longer: there is nothing to rely on.
    if (now - lastUse > idleMs) stop();
    else if (isListening && question.isOpen && now - waitingSince > SILENCE) silent();
    else if (isListening && (!question.isOpen || now - question.askedAt > LEASE)) askNow(now);
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  return {
    isValid: () => {
      const now = performance.now();
      lastUse = now;
      if (timer === null) {
        timer = setInterval(tick, EVERY).unref();
        tick();
      }
      return now < validUntil;
    },
    returned: (number) => {
      if (!question.isOpen || number !== question.number) return;
      question = { ...question, isOpen: false };
      // Writers do not count who had no lease when they looked: it may have missed something.
      if (performance.now() >= validUntil) restarted();
      validUntil = question.askedAt + LEASE;
    },
    begin: () => {
      isListening = true;
      if (timer !== null) tick();
    },
    end: () => {
      isListening = false;
      validUntil = -Infinity;
      question = { ...question, isOpen: false };
    },
  };
}
