/**
 * What something that is kept may depend on: all of a campaign, or all that decides what a user may see and do,
 * sign-ins and memberships included.
 */
export type Tag = `campaign:${string}` | `user:${string}`;

export function campaignTag(id: string): Tag {
  return `campaign:${id}`;
}

export function userTag(id: string): Tag {
  return `user:${id}`;
}
