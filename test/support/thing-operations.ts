import { number, object, string } from 'yup';
import {
  emptyBody,
  id,
  optionalMoment,
  optionalLine,
  optionalMarkdown,
  pageFields,
  secret,
  shown,
} from '../../adapters/operations/fields.ts';
import { operation, publicOperation } from '../../adapters/operations/operation.ts';
import { listOf, nothing, view } from '../../adapters/operations/response.ts';
import type { Actor } from '../../core/shared/actor.ts';
import { notFound } from '../../core/shared/errors.ts';
import { expectVersion } from '../../core/shared/version.ts';

export const KNOWN = '0198a000-0000-7000-8000-000000000001';
export const FOREIGN = '0198a000-0000-7000-8000-000000000002';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly note: string | null;
}

/** What the operations are bound to: it plays whatever a test sets, and remembers what it was asked. */
export interface Stage {
  readonly stage: {
    fault: unknown;
    asked: unknown;
    /** What an operation that may fail waits for. */
    hold: (() => Promise<void>) | null;
  };
}

const thing: Thing = { id: KNOWN, name: 'Sword', note: null };
const thingView = view({
  schema: object({
    id: shown.id(),
    name: shown.text(),
    note: shown.textOrNull(),
    secretNote: string().nullable().optional(),
  }),
  // The undeclared field plays a presenter's slip.
  present: ({ id: thingId, name, note }: Thing) => ({ id: thingId, name, note, passwordHash: 'argon2-secret' }),
  etag: () => '3-owner',
  location: (each) => `/api/things/${each.id}`,
});
const thingParams = object({ id: id() });
const thingBody = object({ name: optionalLine(), note: optionalMarkdown(), count: number().optional() }).noUnknown();

const getThing = operation({
  name: 'getThing',
  summary: 'One thing',
  method: 'GET',
  path: '/api/things/:id',
  status: 200,
  access: { scope: 'world:read' },
  params: thingParams,
  faults: [404],
  response: thingView,
  run: (_: Stage, __: Actor, { params }) => {
    if (params.id !== KNOWN) throw notFound();
    return Promise.resolve(thing);
  },
});
const getBestThing = operation({
  name: 'getBestThing',
  summary: 'The best',
  method: 'GET',
  path: '/api/things/best',
  status: 200,
  access: { signIn: true },
  response: view({ schema: object({ best: shown.text() }), present: (best: string) => ({ best }) }),
  run: () => Promise.resolve('Sword'),
});
const changeThing = operation({
  name: 'changeThing',
  summary: 'Change a thing',
  method: 'PATCH',
  alsoMethod: 'PUT',
  path: '/api/things/:id',
  status: 200,
  access: { scope: 'world:write' },
  params: thingParams,
  body: thingBody,
  faults: [404, 412],
  response: thingView,
  run: ({ stage }: Stage, _: Actor, { body, expectedVersions }) => {
    stage.asked = body;
    expectVersion({ version: 3 }, expectedVersions);
    return Promise.resolve({ ...thing, name: body.name ?? thing.name });
  },
});
const deleteThing = operation({
  name: 'deleteThing',
  summary: 'Delete a thing',
  method: 'DELETE',
  path: '/api/things/:id',
  status: 204,
  access: { scope: 'world:write' },
  params: thingParams,
  faults: [404, 412],
  response: nothing,
  run: (_: Stage, __: Actor, { expectedVersions }) => {
    expectVersion({ version: 3 }, expectedVersions);
    return Promise.resolve();
  },
});
const polishThing = operation({
  name: 'polishThing',
  summary: 'Change a thing by a verb',
  method: 'POST',
  path: '/api/things/:id/polish',
  status: 200,
  access: { scope: 'world:write' },
  params: thingParams,
  body: emptyBody(),
  faults: [404, 412],
  response: thingView,
  run: (_: Stage, __: Actor, { expectedVersions }) => {
    expectVersion({ version: 3 }, expectedVersions);
    return Promise.resolve(thing);
  },
});
const createThing = operation({
  name: 'createThing',
  summary: 'Create a thing',
  method: 'POST',
  path: '/api/things',
  status: 201,
  access: { scope: 'world:write' },
  body: thingBody,
  response: thingView,
  run: ({ stage }: Stage, _: Actor, { body, userAgent }) => {
    stage.asked = { body, userAgent };
    return Promise.resolve(thing);
  },
});
const listThings = operation({
  name: 'listThings',
  summary: 'Things',
  method: 'GET',
  path: '/api/things',
  status: 200,
  access: { scope: 'world:read' },
  query: object({ q: string().max(20).optional(), since: optionalMoment(), ...pageFields() }).noUnknown(),
  response: listOf(thingView),
  run: ({ stage }: Stage, _: Actor, { query, page }) => {
    stage.asked = { query, page };
    return Promise.resolve({ items: [thing], next: page.after === null ? [1] : null });
  },
});
const fail = publicOperation({
  name: 'fail',
  summary: 'Fails',
  method: 'POST',
  path: '/api/failures',
  status: 204,
  access: { public: true },
  response: nothing,
  run: async ({ stage }: Stage) => {
    await stage.hold?.();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what is thrown need not be an error
    if (stage.fault !== null) throw stage.fault;
  },
});
const signIn = publicOperation({
  name: 'signIn',
  summary: 'Sign in',
  method: 'POST',
  path: '/api/sign-ins',
  status: 204,
  access: { public: true },
  body: object({ password: secret(100) }).noUnknown(),
  response: nothing,
  run: () => Promise.resolve(),
});
const refreshAll = operation({
  name: 'refreshAll',
  summary: 'Takes nothing',
  method: 'POST',
  path: '/api/refreshments',
  status: 204,
  access: { signIn: true },
  body: emptyBody(),
  response: nothing,
  run: () => Promise.resolve(),
});
const getNamed = publicOperation({
  name: 'getNamed',
  summary: 'Says its own name',
  method: 'GET',
  path: '/api/named/:name',
  status: 200,
  access: { public: true },
  params: object({ name: string().defined() }),
  response: view({ schema: object({ name: shown.text() }), present: (name: string) => ({ name }) }),
  run: (_: Stage, { params }) => Promise.resolve(params.name),
});
const getAlive = publicOperation({
  name: 'getAlive',
  summary: 'Alive',
  method: 'GET',
  path: '/health/live',
  status: 200,
  otherStatuses: [503],
  access: { public: true },
  response: view({ schema: object({ status: shown.text() }), present: () => ({ status: 'ill' }), status: () => 503 }),
  run: () => Promise.resolve(),
});
/** One of each kind that the HTTP app knows. */
export const thingOperations = [
  getThing,
  getBestThing,
  changeThing,
  deleteThing,
  polishThing,
  createThing,
  listThings,
  fail,
  signIn,
  refreshAll,
  getNamed,
  getAlive,
];
