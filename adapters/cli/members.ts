import { Argument, type Command } from 'commander';
import { ROLES, type Role } from '../../core/members/role.ts';
import { changeRole, listMembers, removeMember } from '../operations/members.ts';
import { campaignId } from './campaign-reference.ts';
import { type InCampaign, campaignOption, limitOption, yesOption } from './common-options.ts';
import type { Context } from './context.ts';
import { shortId } from './id-ending.ts';
import { memberMeant } from './member-reference.ts';
import { confirm } from './prompt.ts';
import { showMoment } from './show-moment.ts';
import { table } from './table.ts';
import { lineText } from './terminal-text.ts';
import { addVerb } from './verb.ts';

const REFERENCE = 'the user name, the id or the end of that';

/** `foundry member …` */
export function addMemberCommands(member: Command, context: Context): void {
  addVerb(member, {
    usage: 'list',
    summary: 'who belongs to a campaign, in the order of joining',
    examples: ['member list', 'member list --campaign "The Salt Road" --json'],
  })
    .addOption(campaignOption())
    .addOption(limitOption())
    .action(async ({ campaign, limit }: InCampaign & { readonly limit?: number }) => {
      const caller = await context.caller();
      const params = { campaignId: await campaignId(caller, campaign) };
      const found = await caller.pages(listMembers, { params }, limit);
      context.print({
        data: found,
        ids: found.map(({ userId }) => userId),
        text: () =>
          table(
            [
              { head: 'ID', of: ({ userId }) => shortId(userId), format: () => 'dim' },
              { head: 'USERNAME', of: ({ username }) => username, elastic: true },
              { head: 'ROLE', of: ({ role }) => role },
              { head: 'JOINED', of: ({ joinedAt }) => showMoment(joinedAt, context.display) },
            ],
            found,
            { width: context.out.width, style: context.style },
          ),
      });
    });

  addVerb(member, {
    usage: 'update',
    summary: 'give a member another role; a campaign may have several owners',
    examples: ['member update anna gm', 'member update ben owner --campaign "The Salt Road"'],
  })
    .argument('<member>', REFERENCE)
    .addArgument(new Argument('<role>', 'what it is to be').choices(ROLES))
    .addOption(campaignOption())
    .action(async (reference: string, role: Role, { campaign }: InCampaign) => {
      const caller = await context.caller();
      const inCampaign = await campaignId(caller, campaign);
      const { userId } = await memberMeant(caller, inCampaign, reference);
      const changed = await caller.call(changeRole, { params: { campaignId: inCampaign, userId }, body: { role } });
      context.print({
        data: changed,
        ids: [userId],
        text: () => `${lineText(changed.username)} is now ${changed.role}.\n`,
      });
    });

  addVerb(member, {
    usage: 'remove',
    summary: 'remove a member; or leave, by your own name',
    examples: ['member remove anna', 'member remove anna --campaign "The Salt Road" --yes'],
  })
    .argument('<member>', REFERENCE)
    .addOption(campaignOption())
    .addOption(yesOption())
    .action(async (reference: string, { campaign, yes = false }: InCampaign & { readonly yes?: boolean }) => {
      const caller = await context.caller();
      const inCampaign = await campaignId(caller, campaign);
      const { userId, username } = await memberMeant(caller, inCampaign, reference);
      await confirm(context.host, `Remove ${lineText(username)} from the campaign?`, yes);
      await caller.call(removeMember, { params: { campaignId: inCampaign, userId } });
      context.print({ data: undefined, ids: [userId], text: () => '' });
      context.say(`Removed. An invite lets ${lineText(username)} in again: foundry invite create`);
    });
}
