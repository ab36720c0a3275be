import type { InferType } from 'yup';
import type { campaignView, summaryView } from '../operations/campaign-view.ts';
import type { Context } from './context.ts';
import { details } from './details.ts';
import { shortId } from './id-ending.ts';
import { showMoment } from './show-moment.ts';
import type { Format } from './style.ts';
import { table } from './table.ts';

type CampaignBody = InferType<typeof campaignView.schema>;
type SummaryBody = InferType<typeof summaryView.schema>;

const STATUS_FORMATS: Readonly<Record<CampaignBody['status'], Format>> = {
  active: 'green',
  paused: 'yellow',
  completed: 'blue',
  archived: 'dim',
};

export function campaignTable(campaigns: readonly CampaignBody[], { out, style }: Context): string {
  if (campaigns.length === 0) return '';
  return table(
    [
      { head: 'ID', of: ({ id }) => shortId(id), format: () => 'dim' },
      { head: 'NAME', of: ({ name }) => name, elastic: true },
      { head: 'STATUS', of: ({ status }) => status, format: ({ status }) => STATUS_FORMATS[status] },
      { head: 'ROLE', of: ({ role }) => role },
      { head: 'PLAYERS', of: ({ playerCount }) => String(playerCount), align: 'right' },
      { head: 'LEVEL', of: ({ partyLevel }) => String(partyLevel), align: 'right' },
      { head: 'SYSTEM', of: ({ system }) => system ?? '', elastic: true },
    ],
    campaigns,
    { width: out.width, style },
  );
}

export function campaignDetails(campaign: CampaignBody, { style, display }: Context): string {
  return details(
    {
      title: campaign.name,
      lines: [
        ['id', campaign.id],
        ['status', campaign.status],
        ['role', campaign.role],
        ['system', campaign.system],
        ['setting', campaign.setting],
        ['theme', campaign.theme],
        ['tone', campaign.tone],
        ['players', campaign.playerCount],
        ['level', campaign.partyLevel],
        ['time zone', campaign.timeZone],
        ['created', showMoment(campaign.createdAt, display)],
      ],
      texts: [['description', campaign.description]],
    },
    style,
  );
}

export function campaignSummary(summary: SummaryBody, { style, display }: Context): string {
  const { nextSession: next, lastSession: last } = summary;
  return details(
    {
      title: `${summary.sessionsCompleted} of ${summary.sessionsTotal} sessions played`,
      lines: [
        ['next', next && joined(mention(next), showMoment(next.scheduledDate, display, next.timeZone))],
        ['last', last && joined(mention(last), showMoment(last.completedDate, display, last.timeZone))],
        ['members', summary.members],
        ['npcs', summary.npcs],
      ],
      texts: [['open threads', summary.openThreads.map((thread) => `- ${thread}`).join('\n')]],
    },
    style,
  );
}

function mention({ sessionNumber, title }: { readonly sessionNumber: number; readonly title: string }): string {
  return `#${sessionNumber} ${title}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
