import { notFound } from '../../core/shared/errors.ts';
import { misused } from './misused.ts';
import { lineText } from './terminal-text.ts';

const SHOWN = 8;
const NAMED = 6;
/** How many to ask for of what fits: {@link onlyOne} names all but the last, which tells that there are more. */
export const CANDIDATES = NAMED + 1;

/** What tables show: UUIDv7s begin with the time and so begin alike, their ends differ. */
export function shortId(id: string): string {
  return id.slice(-SHOWN);
}

export function isFullId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

export function isIdEnding(text: string): boolean {
  return /^[0-9a-f-]{4,36}$/i.test(text);
}

interface Candidate {
  readonly id: string;
  /** How people call it. */
  readonly label: string;
}

/** Of several that are called alike, those that are spelled as it was typed; all where none is. */
export function spelled<T extends Pick<Candidate, 'label'>>(found: readonly T[], typed: string): readonly T[] {
  const exact = found.filter(({ label }) => label === typed.normalize('NFC'));
  return exact.length > 0 ? exact : found;
}

/** The one of them. @throws DomainError `not_found` for none; `validation_failed`, with the candidates, for several */
export function onlyOne<T extends Candidate>(found: readonly T[], question: string): T {
  const [first, ...others] = found;
  if (first === undefined) throw notFound();
  if (others.length === 0) return first;
  const named = found.slice(0, NAMED).map(({ id, label }) => `${lineText(label)} (${shortId(id)})`);
  throw misused(`${question} ${named.join(', ')}${found.length > NAMED ? ', …' : ''}`);
}
