import { DomainError } from '../../core/shared/errors.ts';
import { listCampaigns } from '../operations/campaigns.ts';
import type { Caller } from './caller.ts';
import { CANDIDATES, isFullId, isIdEnding, onlyOne, spelled } from './id-ending.ts';
import { lineText } from './terminal-text.ts';

/**
 * The id of the campaign that is meant: by its id, by an ending of it, by its whole name; or the only one there is
 * when nothing was said.
 * @throws DomainError `not_found`, or `validation_failed` where that leaves a choice
 */
export async function campaignId(caller: Caller, reference: string | undefined): Promise<string> {
  if (reference !== undefined && isFullId(reference)) return reference.toLowerCase();
  if (reference === undefined) {
    const campaigns = await campaignsWith(caller, {});
    if (campaigns.length === 0) {
      throw new DomainError('not_found', 'You have no campaign yet. Create one: foundry campaign create --name NAME');
    }
    return onlyOne(campaigns, 'Which campaign? Name one of:').id;
  }
  const named = spelled(await campaignsWith(caller, { name: reference }), reference);
  const found =
    named.length > 0 || !isIdEnding(reference) ? named : await campaignsWith(caller, { idEnding: reference });
  if (found.length === 0) {
    throw new DomainError(
      'not_found',
      `You have no campaign "${lineText(reference)}". See which there are: foundry campaign list`,
    );
  }
  return onlyOne(found, `"${lineText(reference)}" is more than one campaign:`).id;
}

async function campaignsWith(
  caller: Caller,
  query: { readonly name?: string; readonly idEnding?: string },
): Promise<readonly { readonly id: string; readonly label: string }[]> {
  const campaigns = await caller.pages(listCampaigns, { query }, CANDIDATES);
  return campaigns.map(({ id, name }) => ({ id, label: name }));
}
