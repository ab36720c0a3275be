import type { Campaign } from './campaign.ts';

export interface CampaignRepository {
  /**
   * Room for one more campaign of the user; nobody adds one for it until the transaction ends, which is when a fault may
   * be told. @throws DomainError `limit_reached`
   */
  expectRoom(ownerId: string): Promise<void>;
  /** @throws DomainError `limit_reached` by its length */
  add(campaign: Campaign): Promise<void>;
  /** @throws DomainError `version_conflict` when it was changed since it was read; `limit_reached` where it grows */
  save(campaign: Campaign): Promise<void>;
  /** Also from the trash; and nobody else may change it until the transaction ends. @throws DomainError `not_found` */
  getForUpdate(id: string): Promise<Campaign>;
  /** @throws DomainError `not_found` */
  timeZoneOf(id: string): Promise<string>;
  /**
   * The number of the campaign's next session: `wanted`, or else one more than the highest so far. By one UPDATE of
   * a counter, so that no two sessions get the same; a number goes back when the transaction fails. Whether a wanted
   * number is free shows when the session is stored. @throws DomainError `not_found`
   */
  takeSessionNumber(campaignId: string, wanted: number | null): Promise<number>;
}
