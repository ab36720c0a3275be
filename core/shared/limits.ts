import { DomainError } from './errors.ts';

/** How much there may be; null for no limit. */
export interface Limits {
  /** Campaigns that one user owns, without those in the trash. */
  readonly campaigns: number | null;
  /** Sessions of one campaign, without those in the trash. */
  readonly sessions: number | null;
  /** What the campaigns that one user owns hold, whoever wrote it: the trash counts. See {@link Usage}. */
  readonly bytes: number | null;
}

export const UNLIMITED: Limits = { campaigns: null, sessions: null, bytes: null };

/** What of it a user has used. */
export interface Usage {
  readonly campaigns: number;
  /** 1,024 for each thing, and besides each of its texts and lists that has more than 64 bytes of UTF-8. */
  readonly bytes: number;
}

/** `most` is the limit. */
export function limitReached(limit: keyof Limits, most: number): DomainError {
  const ask = 'or ask whoever runs this server for more.';
  const messages = {
    campaigns: `One user may own ${most} campaigns here, and whoever is to own this one does. Delete one that is no longer played, ${ask}`,
    sessions: `A campaign may have ${most} sessions here. Delete some, begin another campaign, ${ask}`,
    bytes: `All campaigns of one owner, their trash included, may hold ${sizeText(most)} here. Shorten long texts, ${ask}`,
  };
  return new DomainError('limit_reached', messages[limit]);
}

const UNITS = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
] as const;

function sizeText(bytes: number): string {
  const [size, unit] = UNITS.find(([least]) => bytes >= least) ?? [1, 'bytes'];
  return `${Math.round((bytes / size) * 10) / 10} ${unit}`;
}
