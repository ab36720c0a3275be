import { DomainError } from '../../core/shared/errors.ts';
import type { Caller } from './caller.ts';
import { campaignId } from './campaign-reference.ts';
import type { EntryBody, EntryLook } from './entry-look.ts';
import { CANDIDATES, isFullId, isIdEnding, onlyOne, spelled } from './id-ending.ts';
import { lineText } from './terminal-text.ts';

/**
 * The id of the entry that is meant: by its id, by its whole name or by an ending of its id.
 * @throws DomainError `not_found`, or `validation_failed` where that leaves a choice
 */
export async function entryId<O extends EntryBody>(
  caller: Caller,
  { noun: { singular }, operations }: Pick<EntryLook<O>, 'noun' | 'operations'>,
  reference: string,
  campaign: string | undefined,
): Promise<string> {
  if (isFullId(reference)) return reference.toLowerCase();
  const params = { campaignId: await campaignId(caller, campaign) };
  const matching = (query: { readonly name?: string; readonly idEnding?: string }): Promise<readonly O[]> =>
    caller.pages(operations.list, { params, query }, CANDIDATES);
  const named = await matching({ name: reference });
  const found = named.length > 0 || !isIdEnding(reference) ? named : await matching({ idEnding: reference });
  if (found.length === 0) {
    throw new DomainError(
      'not_found',
      `There is no ${singular} "${lineText(reference)}". See which there are: foundry ${singular} list`,
    );
  }
  return onlyOne(
    spelled(
      found.map(({ id, name }) => ({ id, label: name })),
      reference,
    ),
    `"${lineText(reference)}" is more than one ${singular}:`,
  ).id;
}
