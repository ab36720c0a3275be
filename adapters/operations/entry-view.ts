import { type InferType, array, object } from 'yup';
import type { Seen } from '../../core/members/member.ts';
import { ROLES, abilitiesOn, may } from '../../core/members/role.ts';
import { type Entry, type Noun, VISIBILITIES } from '../../core/world/entry.ts';
import { FOR_GMS, id, oneOf, optionalMarkdown, optionalOneOf, optionalTags, shown } from './fields.ts';
import { instantText } from './instant-text.ts';

const MAX_CHOSEN = 100;

/** What may be sent of every entry, besides its name. */
export const sharedFields = {
  tags: optionalTags(),
  visibility: optionalOneOf(VISIBILITIES),
  visibleTo: array(id()).max(MAX_CHOSEN).optional(),
  gmNotes: optionalMarkdown(),
};

/** What is shown of every entry; its noun adds its own. */
export const entrySchema = object({
  id: shown.id(),
  campaignId: shown.id(),
  name: shown.text(),
  tags: shown.texts(),
  visibility: oneOf(VISIBILITIES),
  visibleTo: array(shown.id()).optional().meta(FOR_GMS),
  gmNotes: shown.gmText(),
  abilities: shown.texts(),
  createdAt: shown.instant(),
  updatedAt: shown.instant(),
});

/** Creating and restoring are of no use on one that is there. */
const ABILITIES = new Map(
  ROLES.map((role) => [role, abilitiesOn('world', role).filter((verb) => verb !== 'create' && verb !== 'restore')]),
);

export function presentEntry({ value, role }: Seen<Entry>): InferType<typeof entrySchema> {
  return {
    id: value.id,
    campaignId: value.campaignId,
    name: value.name,
    tags: [...value.tags],
    visibility: value.visibility,
    ...(may(role, 'secrets:read') && { visibleTo: [...value.visibleTo], gmNotes: value.gmNotes }),
    abilities: ABILITIES.get(role) ?? [],
    createdAt: instantText(value.createdAt),
    updatedAt: instantText(value.updatedAt),
  };
}

interface EntryHeaders {
  etag(seen: Seen<Entry>): string;
  location(seen: Seen<Entry>): string;
}

/** What headers tell of one entry of the noun. */
export function entryHeaders({ plural }: Pick<Noun<object>, 'plural'>): EntryHeaders {
  return {
    etag: ({ value, role }) => `${value.version}-${role}`,
    location: ({ value }) => `/api/${plural}/${value.id}`,
  };
}
