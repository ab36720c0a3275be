import { type Limits, type Usage, limitReached } from '../../core/shared/limits.ts';
import { type MemoryState, copyOf } from './memory-store.ts';

/** As those of the database (see infrastructure/database/quotas.ts). Each throws DomainError `limit_reached`. */
export interface MemoryQuotas {
  expectCampaign(state: MemoryState, ownerId: string): void;
  expectSession(state: MemoryState, campaignId: string): void;
  /** Does what makes more of the campaign, or less, or hands it over. */
  within(state: MemoryState, campaignId: string, change: () => void): void;
}

export function makeMemoryQuotas(limits: Limits): MemoryQuotas {
  return {
    expectCampaign: (state, ownerId) => {
      const most = limits.campaigns;
      if (most !== null && memoryUsage(state, ownerId).campaigns >= most) throw limitReached('campaigns', most);
    },
    expectSession: ({ sessions }, campaignId) => {
      const most = limits.sessions;
      const present = [...sessions.values()].filter(
        (each) => each.campaignId === campaignId && each.deletedAt === null,
      );
      if (most !== null && present.length >= most) throw limitReached('sessions', most);
    },
    within: (state, campaignId, change) => {
      const before = copyOf(state);
      change();
      const ownerId = state.campaigns.get(campaignId)?.ownerId;
      const most = limits.bytes;
      if (most === null || ownerId === undefined) return;
      const { bytes } = memoryUsage(state, ownerId);
      if (bytes > most && bytes > memoryUsage(before, ownerId).bytes) throw limitReached('bytes', most);
    },
  };
}

/** What the user has used. */
export function memoryUsage({ campaigns, sessions, results, entries }: MemoryState, ownerId: string): Usage {
  const owned = new Map([...campaigns].filter(([, campaign]) => campaign.ownerId === ownerId));
  const mine = [...sessions.values()].filter(({ campaignId }) => owned.has(campaignId));
  const things: readonly object[] = [
    ...owned.values(),
    ...mine,
    ...mine.flatMap(({ id }) => results.get(id) ?? []),
    ...[...entries.values()].map(({ entry }) => entry).filter(({ campaignId }) => owned.has(campaignId)),
  ];
  return {
    campaigns: [...owned.values()].filter(({ deletedAt }) => deletedAt === null).length,
    bytes: things.reduce((total, thing) => total + bytesOf(thing), 0),
  };
}

function bytesOf(thing: object): number {
  const texts = Object.values(thing).map((value: unknown) =>
    Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value)),
  );
  return texts.reduce((total, length) => total + (length > 64 ? length : 0), 1024);
}
