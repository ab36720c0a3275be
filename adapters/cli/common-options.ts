import { InvalidArgumentError, Option } from 'commander';
import { readInteger } from './body-option.ts';
import { isFullId } from './id-ending.ts';
import { misused } from './misused.ts';
import { lineText } from './terminal-text.ts';

export function limitOption(): Option {
  return new Option('--limit <count>', 'the first so many, instead of all').argParser(readLimit);
}

export function yesOption(): Option {
  return new Option('-y, --yes', 'do not ask');
}

/** What {@link campaignOption} gives. */
export interface InCampaign {
  readonly campaign?: string;
}

export function campaignOption(): Option {
  return new Option('-c, --campaign <campaign>', 'its name, its id or the end of that; or FOUNDRY_CAMPAIGN');
}

export function deletionQuestion(what: string): string {
  return `Move ${lineText(what)} to the trash?`;
}

export function restoreHint(noun: string, id: string): string {
  return `Moved to the trash. Within 30 days you can take it back: foundry ${noun} restore ${id}`;
}

/** What lies in the trash is on no list that an ending could be looked up in. */
export function expectFullId(reference: string, noun: string): string {
  if (isFullId(reference)) return reference.toLowerCase();
  throw misused(`Give the full id, which "foundry ${noun} delete" printed: what is in the trash is on no list.`);
}

function readLimit(value: string): number {
  const limit = readInteger(value);
  if (limit < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return limit;
}
