import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { wallOf } from '../../core/shared/moment.ts';
import { createCampaign, getCampaign, listCampaigns } from '../operations/campaigns.ts';
import { finalizeSession } from '../operations/results.ts';
import { cancelSession, startSession } from '../operations/session-course.ts';
import { scheduleSession } from '../operations/sessions.ts';
import type { Caller } from './caller.ts';
import { campaignDetails } from './campaign-text.ts';
import type { Context } from './context.ts';
import { DEMO_CAMPAIGN } from './demo-campaign.ts';
import type { DemoSession } from './demo-session.ts';
import { DEMO_SESSIONS } from './demo-sessions.ts';
import type { LocalCore } from './host.ts';
import { makeLocalCaller } from './local-caller.ts';
import { described } from './verb.ts';

const EMAIL = 'gm@example.org';
const USERNAME = 'demo-gm';
const WEEK = 7 * 24 * 60 * 60 * 1000;

/** `foundry demo` */
export function addDemoCommand(demo: Command, context: Context): void {
  described(demo, 'create a campaign to look at, of 12 sessions; and a user where there is none', [
    'demo',
    'demo --as anna@example.org',
  ]).action(async () => {
    const { zone } = context;
    const core = await context.core();
    const password = await ensureUser(core);
    const caller = password === null ? await context.caller() : makeLocalCaller(core, await idOf(core, EMAIL));
    const before = await caller.pages(listCampaigns, { query: { q: DEMO_CAMPAIGN.name } });
    const id = await createDemo(caller, context, zone);
    const campaign = await caller.call(getCampaign, { params: { id } });
    context.print({ data: campaign, ids: [id], text: () => campaignDetails(campaign, context) });
    sayWhatNext(context, { id, password, isFirst: before.length === 0 });
  });
}

/** On a new installation: a user, and the password that it was given. Null where there is somebody already. */
async function ensureUser({ users }: LocalCore): Promise<string | null> {
  const { items } = await users.queries.list({ limit: 1, after: null });
  if (items.length > 0) return null;
  // 144 bits of chance; the letter and the digit satisfy the rule for passwords whatever chance brings.
  const password = `${randomBytes(18).toString('base64url')}-F7`;
  await users.create({ email: EMAIL, username: USERNAME, password });
  return password;
}

async function idOf({ users }: LocalCore, email: string): Promise<string> {
  const user = await users.queries.findByEmail(email);
  if (user === null) throw new Error('The user who was just created is not there.');
  return user.id;
}

async function createDemo(caller: Caller, { host }: Context, zone: string): Promise<string> {
  const { id: campaignId } = await caller.call(createCampaign, { body: { ...DEMO_CAMPAIGN, timeZone: zone } });
  for (const session of DEMO_SESSIONS) {
    const { title, description, gmNotes, durationMinutes, weeksFromNow } = session;
    const scheduled = await caller.call(scheduleSession, {
      params: { campaignId },
      body: {
        title,
        description,
        gmNotes,
        durationMinutes,
        scheduledDate: evening(host.now(), zone, weeksFromNow),
      },
    });
    await bringAbout(caller, scheduled.id, session);
  }
  return campaignId;
}

async function bringAbout(caller: Caller, id: string, { fate }: DemoSession): Promise<void> {
  const params = { id };
  switch (fate.status) {
    case 'completed':
      await caller.call(startSession, { params, body: {} });
      await caller.call(finalizeSession, { params, body: fate.results });
      return;
    case 'in_progress':
      await caller.call(startSession, { params, body: {} });
      return;
    case 'cancelled':
      await caller.call(cancelSession, { params, body: { reason: fate.reason } });
      return;
    case 'planned':
      return;
    default:
      fate satisfies never;
  }
}

/** Seven in the evening, so many weeks from today, on the clocks of the zone. */
function evening(now: Date, zone: string, weeks: number): string {
  return `${new Date(wallOf(now, zone) + weeks * WEEK).toISOString().slice(0, 10)}T19:00`;
}

function sayWhatNext(
  { say, err }: Context,
  { id, password, isFirst }: { readonly id: string; readonly password: string | null; readonly isFirst: boolean },
): void {
  // Shown this once, so it is said even to those who asked for quiet.
  if (password !== null) err.write(`User ${EMAIL} was created. Password: ${password}\n`);
  if (!isFirst) say(`There was a campaign of this name already; this is another one.`);
  const name = isFirst ? `"${DEMO_CAMPAIGN.name}"` : id;
  say(
    [
      'Try next:',
      `  foundry session list --campaign ${name}`,
      `  foundry session next --campaign ${name}`,
      `  foundry session show ${isFirst ? `"${DEMO_CAMPAIGN.name}#7"` : `7 --campaign ${name}`}`,
      `  foundry campaign summary ${name}`,
    ].join('\n'),
  );
}
