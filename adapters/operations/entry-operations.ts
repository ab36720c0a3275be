import { type InferType, type ObjectShape, type Schema, object } from 'yup';
import type { Seen } from '../../core/members/member.ts';
import { notFound } from '../../core/shared/errors.ts';
import { type Entry, type EntryChanges, type EntryDetails, type Noun, VISIBILITIES } from '../../core/world/entry.ts';
import type { EntryCommands } from '../../core/world/entry-commands.ts';
import type { EntryFilter, EntryQueries } from '../../core/world/entry-queries.ts';
import { sharedFields } from './entry-view.ts';
import { emptyBody, id, line, optionalIdEnding, optionalOneOf, optionalText, pageFields } from './fields.ts';
import { type Operation, type Request, operation, read } from './operation.ts';
import { type View, listOf, nothing } from './response.ts';

interface EntryServices<Own extends object> extends EntryCommands<Own> {
  readonly queries: EntryQueries<Entry & Own>;
}

interface Parts<Own extends object, O> {
  /** What may be sent of the noun's own fields. */
  readonly fields: { readonly [K in keyof Own]: Schema<Own[K] | undefined> };
  readonly view: View<Seen<Entry & Own>, O>;
}

const sharedQuery = object({
  tag: optionalText(255),
  visibility: optionalOneOf(VISIBILITIES),
  q: optionalText(255),
  name: optionalText(255),
  idEnding: optionalIdEnding(),
  ...pageFields(),
});
type SharedQuery = InferType<typeof sharedQuery>;

interface InCampaign {
  readonly campaignId: string;
}

interface One {
  readonly id: string;
}

export interface EntryOperations<Own extends object, O> {
  readonly create: Operation<EntryServices<Own>, Request<InCampaign, undefined, EntryDetails<Own>>, O>;
  readonly list: Operation<EntryServices<Own>, Request<InCampaign, SharedQuery, undefined>, readonly O[]>;
  readonly get: Operation<EntryServices<Own>, Request<One, undefined, undefined>, O>;
  readonly update: Operation<EntryServices<Own>, Request<One, undefined, EntryChanges<Own>>, O>;
  readonly delete: Operation<EntryServices<Own>, Request<One, undefined, undefined>, undefined>;
  readonly restore: Operation<EntryServices<Own>, Request<One, undefined, object>, O>;
}

/** The six operations that every noun of the world has. What a noun has besides is an operation in its own file. */
export function entryOperations<Own extends object, O>(
  { singular, plural, filters }: Noun<Own>,
  { fields, view }: Parts<Own, O>,
): EntryOperations<Own, O> {
  type Services = EntryServices<Own>;
  const inCampaign = { path: `/api/campaigns/:campaignId/${plural}`, params: object({ campaignId: id() }) } as const;
  const one = { path: `/api/${plural}/:id`, params: object({ id: id() }) } as const;
  const reading = { method: 'GET', status: 200, access: { scope: 'world:read' }, faults: [404] } as const;
  const writing = { access: { scope: 'world:write' } } as const;
  const own = new Map<string, Schema>(Object.entries({ ...fields }));
  const filterFields = Object.fromEntries([...own].filter(([field]) => filters.includes(field)));
  const query: Schema<SharedQuery> = sharedQuery.shape(filterFields).noUnknown();
  const named = (verb: string, noun = singular): string => verb + noun.charAt(0).toUpperCase() + noun.slice(1);
  return {
    create: operation({
      ...inCampaign,
      ...writing,
      name: named('create'),
      summary: `Add to the ${plural} of a campaign`,
      method: 'POST',
      status: 201,
      faults: [404, 409],
      body: bodyOf<EntryDetails<Own>>({ name: line(), ...sharedFields, ...fields }),
      response: view,
      run: (entries: Services, actor, { params, body }) => entries.create(actor, { ...params, details: body }),
    }),
    list: read({
      ...inCampaign,
      ...reading,
      name: named('list', plural),
      summary: `A campaign's ${plural} that I may see, by name`,
      query,
      response: listOf(view),
      cachedBy: (_, { campaignId }) => [campaignId],
      run: async (entries: Services, viewer, { params, query: asked, page }) => {
        const found = await entries.queries.list(viewer, params.campaignId, toFilter(asked, filters), page);
        if (found === null) throw notFound();
        return found;
      },
    }),
    get: read({
      ...one,
      ...reading,
      name: named('get'),
      summary: `One of the ${plural}`,
      response: view,
      cachedBy: ({ value }) => [value.campaignId],
      run: async (entries: Services, viewer, { params }) => {
        const found = await entries.queries.find(viewer, params.id);
        if (found === null) throw notFound();
        return found;
      },
    }),
    update: operation({
      ...one,
      ...writing,
      name: named('update'),
      summary: `Change what is given of one of the ${plural}; by its visibility it is revealed and hidden`,
      method: 'PATCH',
      alsoMethod: 'PUT',
      status: 200,
      faults: [404, 409, 412],
      body: bodyOf<EntryChanges<Own>>({ name: line().optional(), ...sharedFields, ...fields }),
      response: view,
      run: (entries: Services, actor, { params, body, expectedVersions }) =>
        entries.update(actor, { ...params, changes: body, expectedVersions }),
    }),
    delete: operation({
      ...one,
      ...writing,
      name: named('delete'),
      summary: `Move one of the ${plural} to the trash`,
      method: 'DELETE',
      status: 204,
      faults: [404, 412],
      response: nothing,
      run: (entries: Services, actor, { params, expectedVersions }) =>
        entries.delete(actor, { ...params, expectedVersions }),
    }),
    restore: operation({
      ...one,
      ...writing,
      path: `${one.path}/restore`,
      name: named('restore'),
      summary: `Take one of the ${plural} out of the trash, within 30 days`,
      method: 'POST',
      status: 200,
      faults: [404, 412],
      body: emptyBody(),
      response: view,
      run: (entries: Services, actor, { params, expectedVersions }) =>
        entries.restore(actor, { ...params, expectedVersions }),
    }),
  };
}

function bodyOf<T>(fields: ObjectShape): Schema<T> {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- each field has the schema of its type; yup cannot tell for fields that are not known yet
  return object(fields).noUnknown() as unknown as Schema<T>;
}

function toFilter(asked: SharedQuery, filters: readonly string[]): EntryFilter {
  const { tag = null, visibility = null, q = null, name = null, idEnding } = asked;
  const given = new Map<string, unknown>(Object.entries(asked));
  const own = filters.map((field) => {
    const value = given.get(field);
    return [field, typeof value === 'string' ? value : null] as const;
  });
  return { tag, visibility, q, name, idEnding: idEnding?.toLowerCase() ?? null, own: Object.fromEntries(own) };
}
