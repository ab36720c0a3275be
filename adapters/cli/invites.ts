import { type Command, InvalidArgumentError, Option } from 'commander';
import { DomainError } from '../../core/shared/errors.ts';
import { INVITED_ROLES, type Invite } from '../../core/members/invite.ts';
import { acceptInvite, createInvite, getInvite, listInvites, revokeInvite } from '../operations/invites.ts';
import { BodyOption } from './body-option.ts';
import { campaignId } from './campaign-reference.ts';
import { type InCampaign, campaignOption, limitOption } from './common-options.ts';
import type { Context } from './context.ts';
import { details } from './details.ts';
import { isFullId, isIdEnding, onlyOne, shortId } from './id-ending.ts';
import { showMoment } from './show-moment.ts';
import { table } from './table.ts';
import { lineText } from './terminal-text.ts';
import { addVerb } from './verb.ts';

interface CreateOptions extends InCampaign {
  readonly role: Invite['role'];
  readonly expires?: number | 'never';
  readonly uses?: number;
}

const MAX_HOURS = 366 * 24;
const CODE = 'the code, or the address that it came with';

/** `foundry invite …` */
export function addInviteCommands(invite: Command, context: Context): void {
  addVerb(invite, {
    usage: 'create',
    summary: 'make a link by which people join a campaign; it is shown this once',
    examples: ['invite create', 'invite create --role gm --uses 1 --expires 24h', 'invite create --expires never'],
  })
    .addOption(campaignOption())
    .addOption(new Option('--role <role>', 'what it makes of them').choices(INVITED_ROLES).default('player'))
    .addOption(
      new Option('--expires <time>', 'after so long: 24h, 7d, or never; a week by default').argParser(readHours),
    )
    .addOption(new BodyOption('--uses <count>', 'maxUses', 'integer', 'for so many people; as many as come by default'))
    .action(async ({ campaign, role, expires, uses }: CreateOptions) => {
      const caller = await context.caller();
      const params = { campaignId: await campaignId(caller, campaign) };
      const body = { role, expiresInHours: expires === 'never' ? null : expires, maxUses: uses };
      const made = await caller.call(createInvite, { params, body });
      context.print({
        data: made,
        ids: [made.id],
        text: () =>
          details(
            {
              title: made.url,
              lines: [['code', made.code], ['id', made.id], ['role', made.role], ...bounds(made, context)],
            },
            context.style,
          ),
      });
      context.say('Send it to them: it is not shown again. They join with: foundry invite accept CODE');
    });

  addVerb(invite, {
    usage: 'list',
    summary: "a campaign's invites, the newest first; never their codes",
    examples: ['invite list', 'invite list --campaign "The Salt Road" --json'],
  })
    .addOption(campaignOption())
    .addOption(limitOption())
    .action(async ({ campaign, limit }: InCampaign & { readonly limit?: number }) => {
      const caller = await context.caller();
      const params = { campaignId: await campaignId(caller, campaign) };
      const found = await caller.pages(listInvites, { params }, limit);
      context.print({
        data: found,
        ids: found.map(({ id }) => id),
        text: () =>
          found.length === 0
            ? ''
            : table(
                [
                  { head: 'ID', of: ({ id }) => shortId(id), format: () => 'dim' },
                  { head: 'ROLE', of: ({ role }) => role },
                  { head: 'USED', of: ({ uses, maxUses }) => (maxUses === null ? `${uses}` : `${uses} of ${maxUses}`) },
                  { head: 'EXPIRES', of: ({ expiresAt }) => expiryOf(expiresAt, context) },
                ],
                found,
                { width: context.out.width, style: context.style },
              ),
      });
      if (found.length === 0) context.say('No invite. Make one: foundry invite create');
    });

  addVerb(invite, {
    usage: 'show',
    summary: 'what an invite is to, before it is accepted',
    examples: ['invite show 3f9a12c47b1f4cc39a3e2f0d3f9a12c4'],
  })
    .argument('<code>', CODE)
    .action(async (given: string) => {
      const code = codeIn(given);
      const found = await (await context.caller()).call(getInvite, { params: { code } });
      context.print({
        data: found,
        ids: [code],
        text: () => details({ title: found.campaignName, lines: [['role', found.role]] }, context.style),
      });
    });

  addVerb(invite, {
    usage: 'accept',
    summary: 'join the campaign that an invite is to',
    examples: ['invite accept 3f9a12c47b1f4cc39a3e2f0d3f9a12c4'],
  })
    .argument('<code>', CODE)
    .action(async (given: string) => {
      const caller = await context.caller();
      const accepted = await caller.call(acceptInvite, { params: { code: codeIn(given) }, body: {} });
      context.print({
        data: accepted,
        ids: [accepted.campaignId],
        text: () => `You belong to the campaign, as ${accepted.role}.\n`,
      });
      context.say(`Next: foundry campaign show ${accepted.campaignId}`);
    });

  addVerb(invite, {
    usage: 'revoke',
    summary: 'let nobody in by an invite any more; who came by it stays',
    examples: ['invite revoke 3f9a12c4'],
  })
    .argument('<invite>', 'its code, its id or the end of that')
    .addOption(campaignOption())
    .action(async (given: string, { campaign }: InCampaign) => {
      const caller = await context.caller();
      const code = codeIn(given);
      const isWhole = isFullId(code) || isCode(code);
      const meant = isWhole || !isIdEnding(code) ? code : await byEnding(code, campaign);
      await caller.call(revokeInvite, { params: { code: meant } });
      context.print({ data: undefined, ids: [meant], text: () => '' });
      context.say('Revoked.');
    });

  const byEnding = async (ending: string, campaign: string | undefined): Promise<string> => {
    const caller = await context.caller();
    const params = { campaignId: await campaignId(caller, campaign) };
    const found = (await caller.pages(listInvites, { params })).filter(({ id }) => id.endsWith(ending.toLowerCase()));
    if (found.length === 0) {
      throw new DomainError(
        'not_found',
        `No invite ends in "${lineText(ending)}". See which there are: foundry invite list`,
      );
    }
    return onlyOne(
      found.map(({ id, role }) => ({ id, label: role })),
      `"${ending}" is more than one invite:`,
    ).id;
  };
}

function isCode(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text);
}

/** What people paste is often the whole address. */
function codeIn(text: string): string {
  const given = text.trim().replace(/\/$/, '');
  const code = given.slice(-32);
  return isCode(code) ? code : given;
}

function bounds(
  { expiresAt, maxUses }: { readonly expiresAt: string | null; readonly maxUses: number | null },
  context: Context,
): readonly (readonly [string, string])[] {
  return [
    ['expires', expiryOf(expiresAt, context)],
    ['for', maxUses === null ? 'as many as come' : `${maxUses} ${maxUses === 1 ? 'person' : 'people'}`],
  ];
}

function expiryOf(expiresAt: string | null, { display }: Context): string {
  return expiresAt === null ? 'never' : showMoment(expiresAt, display);
}

/** In hours. */
function readHours(text: string): number | 'never' {
  if (text === 'never') return text;
  const [, count = '', unit = ''] = /^(\d{1,4})(h|d)$/.exec(text) ?? [];
  if (count === '') throw new InvalidArgumentError('It must be a time such as 24h or 7d, or never.');
  const hours = Number(count) * (unit === 'd' ? 24 : 1);
  if (hours < 1 || hours > MAX_HOURS) throw new InvalidArgumentError('It must be from 1h to 366d, or never.');
  return hours;
}
