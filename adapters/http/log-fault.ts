import type { LogFields, Logger } from '../../core/shared/logger.ts';
import { causeChain } from './cause-chain.ts';

/** Milliseconds in which faults that are alike are told once. */
const WINDOW = 1000;

/** A fault that callers are not told the cause of: `unavailable` is a warning, whatever is unexpected is an error. */
export type LogFault = (event: 'unavailable' | 'unexpected_error', error: unknown, fields?: LogFields) => void;

interface Kind {
  alike: number;
  tellLast: () => void;
}

/**
 * Tells the first of faults that are alike at once, and of those that follow within a second the last one, with how many
 * there were: in an outage each request fails, for the same cause.
 */
export function makeLogFault(logger: Pick<Logger, 'warn' | 'error'>): LogFault {
  const kinds = new Map<string, Kind>();
  const tell = (event: Parameters<LogFault>[0], fields: LogFields): void => {
    if (event === 'unavailable') logger.warn(event, fields);
    else logger.error(event, fields);
  };
  const endWindow = (name: string): void => {
    const kind = kinds.get(name);
    if (kind === undefined || kind.alike === 0) {
      kinds.delete(name);
      return;
    }
    kind.tellLast();
    kind.alike = 0;
    setTimeout(endWindow, WINDOW, name);
  };
  return (event, error, fields = {}) => {
    const errors = causeChain(error);
    const name = JSON.stringify([event, ...errors.map(({ name, code, stack }) => [name, code, placeIn(stack)])]);
    const kind = kinds.get(name);
    if (kind === undefined) {
      tell(event, { ...fields, errors });
      kinds.set(name, { alike: 0, tellLast: () => undefined });
      setTimeout(endWindow, WINDOW, name);
      return;
    }
    kind.alike += 1;
    const { alike } = kind;
    kind.tellLast = () => {
      tell(event, { ...fields, alike, errors });
    };
  };
}

/** The line of code that an error comes from; its message may be another one each time. */
function placeIn(stack = ''): string {
  return stack.split('\n').find((line) => line.startsWith('    at ')) ?? '';
}
