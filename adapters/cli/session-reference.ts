import { DomainError } from '../../core/shared/errors.ts';
import { listSessions } from '../operations/sessions.ts';
import type { Caller } from './caller.ts';
import { allCampaigns, campaignId } from './campaign-reference.ts';
import { isFullId, isIdEnding, onlyOne } from './id-ending.ts';
import { misused } from './misused.ts';
import { lineText } from './terminal-text.ts';

const NUMBER = /^(?<campaign>.*)#(?<number>\d{1,7})$/s;
/** A number without `#`, which shells take for a comment. Four digits may be the ending of an id. */
const BARE_NUMBER = /^\d{1,3}$/;

/**
 * The id of the session that is meant: by its id, by an ending of it, as `<campaign>#<number>` or as `#<number>`.
 * @throws DomainError `not_found`, or `validation_failed` where that leaves a choice
 */
export async function sessionId(caller: Caller, reference: string, campaign: string | undefined): Promise<string> {
  if (isFullId(reference)) return reference.toLowerCase();
  const { campaign: named = '', number = BARE_NUMBER.test(reference) ? reference : undefined } =
    NUMBER.exec(reference)?.groups ?? {};
  if (number !== undefined) {
    const sessions = await sessionsOf(caller, await campaignId(caller, named === '' ? campaign : named));
    return one(
      sessions.filter(({ sessionNumber }) => sessionNumber === Number(number)),
      reference,
    );
  }
  if (!isIdEnding(reference)) {
    throw misused(
      `"${lineText(reference)}" names no session. Give its number as #3 or "My campaign#3", or the end of its id.`,
    );
  }
  const campaigns =
    campaign === undefined ? (await allCampaigns(caller)).map(({ id }) => id) : [await campaignId(caller, campaign)];
  const ending = reference.toLowerCase();
  const found: NumberedSession[] = [];
  for (const id of campaigns) {
    found.push(...(await sessionsOf(caller, id)).filter((session) => session.id.endsWith(ending)));
  }
  return one(found, reference);
}

interface NumberedSession {
  readonly id: string;
  readonly label: string;
  readonly sessionNumber: number;
}

async function sessionsOf(caller: Caller, id: string): Promise<readonly NumberedSession[]> {
  const sessions = await caller.pages(listSessions, { params: { campaignId: id } });
  return sessions.map(({ id, sessionNumber, title }) => ({ id, sessionNumber, label: `#${sessionNumber} ${title}` }));
}

function one(found: readonly NumberedSession[], reference: string): string {
  if (found.length === 0) {
    throw new DomainError(
      'not_found',
      `There is no session "${lineText(reference)}". See which there are: foundry session list`,
    );
  }
  return onlyOne(found, `"${lineText(reference)}" is more than one session:`).id;
}
