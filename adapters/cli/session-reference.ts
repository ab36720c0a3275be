import { MAX_SESSION_NUMBER } from '../../core/sessions/session.ts';
import { DomainError } from '../../core/shared/errors.ts';
import { listMySessions, listSessions } from '../operations/sessions.ts';
import type { Caller } from './caller.ts';
import { campaignId } from './campaign-reference.ts';
import { CANDIDATES, isFullId, isIdEnding, onlyOne } from './id-ending.ts';
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
    const id = await campaignId(caller, named === '' ? campaign : named);
    return one(await withNumber(caller, id, Number(number)), reference);
  }
  if (!isIdEnding(reference)) {
    throw misused(
      `"${lineText(reference)}" names no session. Give its number as #3 or "My campaign#3", or the end of its id.`,
    );
  }
  const query = { idEnding: reference };
  return one(
    campaign === undefined
      ? await caller.pages(listMySessions, { query }, CANDIDATES)
      : await caller.pages(
          listSessions,
          { params: { campaignId: await campaignId(caller, campaign) }, query },
          CANDIDATES,
        ),
    reference,
  );
}

interface NumberedSession {
  readonly id: string;
  readonly sessionNumber: number;
  readonly title: string;
}

async function withNumber(caller: Caller, id: string, number: number): Promise<readonly NumberedSession[]> {
  if (number < 1 || number > MAX_SESSION_NUMBER) return [];
  return caller.pages(listSessions, { params: { campaignId: id }, query: { number } }, CANDIDATES);
}

function one(found: readonly NumberedSession[], reference: string): string {
  if (found.length === 0) {
    throw new DomainError(
      'not_found',
      `There is no session "${lineText(reference)}". See which there are: foundry session list`,
    );
  }
  const labelled = found.map(({ id, sessionNumber, title }) => ({ id, label: `#${sessionNumber} ${title}` }));
  return onlyOne(labelled, `"${lineText(reference)}" is more than one session:`).id;
}
