import type pg from 'pg';
import { BIG_CAMPAIGN, CAMPAIGNS, EPOCH_MS, PASSWORD_HASH, USERS, kindNumber } from './dataset.ts';

const PHRASES = [
  'The caravan reaches the ford at dusk, and somebody has cut the ropes of the ferry.',
  'A bell rings below the lake, once an hour, and the village pretends not to hear it.',
  'The duke offers land, a title and a pardon for whoever brings back his daughter’s ring.',
  'Three doors, three riddles, and a very bored sphinx who would rather talk about the weather.',
  'The party splits; half of it follows the smoke, the other half the sound of singing.',
  'An old map shows a road where the forest has stood for two hundred years.',
  'The innkeeper keeps a ledger of debts that the dead still owe to the living.',
  'Nobody has seen the lighthouse keeper since the new moon, yet the lamp is lit every night.',
  'A dragon’s egg, warm to the touch, is offered at auction between two paintings of cows.',
  'Rain has fallen for nine days, and the river gods want an apology.',
  'The masked ball ends at midnight, or when the second murder is discovered.',
  'At the pass a tollkeeper asks for a secret instead of silver.',
];

/** So many texts there are, a prime number. */
const TEXTS = 97;

/** How many sessions campaign `n` has: a thousand campaigns with many, one with very many, the rest with a few. */
function sessionsOf(scale: number): string {
  return `case when n = ${BIG_CAMPAIGN} then ${20_004 * scale} when n % 5 = 0 then ${64 * scale} else ${4 * scale} end`;
}

/** 1,000 sessions in all, in 25 campaigns: what a small database looks like. */
const FEW_SESSIONS = 'case when n % 5 = 0 and n < 125 then 40 else 0 end';

/** Fills a migrated, empty database: 100,000 sessions times `scale`. */
export async function seed(client: pg.Client, scale: number): Promise<void> {
  await seedWith(client, sessionsOf(scale));
}

export async function seedFew(client: pg.Client): Promise<void> {
  await seedWith(client, FEW_SESSIONS);
}

async function seedWith(client: pg.Client, sessionCount: string): Promise<void> {
  for (const statement of statements(sessionCount)) await client.query(statement);
}

function statements(sessionCount: string): readonly string[] {
  const id = (kind: Parameters<typeof kindNumber>[0], n: string): string => `bench_id(${kindNumber(kind)}, ${n})`;
  const at = (n: string): string => `to_timestamp((${EPOCH_MS} + ${n}) / 1000.0)`;
  const hashed = (text: string): string =>
    `rtrim(translate(encode(sha256(convert_to(${text}, 'UTF8')), 'base64'), '+/', '-_'), '=')`;
  return [
    // The loading itself need not survive a crash.
    'set synchronous_commit = off',
    `create function bench_id(kind int, n bigint) returns uuid language sql immutable as $$
       select (lpad(to_hex(${EPOCH_MS} + n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8000' ||
               lpad(to_hex(n), 12, '0'))::uuid $$`,
    // Prose that differs from row to row, put together once.
    `create table bench_texts as
     select i, string_agg(p[1 + (i * 7 + k * 5) % 12], ' ') filter (where k <= 4) as long,
            string_agg(p[1 + (i * 7 + k * 5) % 12], ' ') filter (where k > 4) as short, left(p[1 + i % 12], 60) as line
     from (select array[${PHRASES.map((phrase) => `'${phrase}'`).join(', ')}]) phrases (p), generate_series(0, ${TEXTS - 1}) i,
          generate_series(1, 6) k group by i, p`,
    `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version)
     select ${id('user', 'n')}, 'gm-' || n || '@example.org', 'gm-' || n, 'gm-' || n, '${PASSWORD_HASH}',
            ${at('n')}, ${at('n')}, 1
     from generate_series(0, ${USERS - 1}) n`,
    `insert into sign_ins (id, user_id, created_at, last_used_at, expires_at, user_agent)
     select ${id('signIn', 'n')}, ${id('user', 'n')}, now(), now(), now() + interval '30 days', 'Mozilla/5.0 (bench)'
     from generate_series(0, ${USERS - 1}) n`,
    `insert into refresh_tokens (hash, sign_in_id)
     select ${hashed(hashed("'bench refresh ' || n"))}, ${id('signIn', 'n')} from generate_series(0, ${USERS - 1}) n`,
    `insert into campaigns (id, name, description, setting, theme, tone, system, player_count, party_level, status,
       owner_id, created_at, updated_at, version)
     select ${id('campaign', 'n')}, 'The Salt Road, part ' || n, long,
            (array['Greyhawk', 'Eberron', 'The Shattered Isles', 'A city of canals'])[1 + n % 4],
            (array['exploration', 'intrigue', 'horror', null])[1 + n % 4], (array['grim', 'light', 'epic'])[1 + n % 3],
            (array['D&D 5e', 'Pathfinder 2e', 'Blades in the Dark'])[1 + n % 3], 3 + n % 4, 1 + n % 20,
            (array['active', 'active', 'paused', 'completed'])[1 + n % 4],
            ${id('user', '(n / 5)')}, ${at('n')}, ${at('n')}, 1
     from generate_series(0, ${CAMPAIGNS - 1}) n join bench_texts on i = n % ${TEXTS}`,
    `insert into members (campaign_id, user_id, role, joined_at)
     select ${id('campaign', 'n')}, ${id('user', '(n / 5)')}, 'owner', ${at('n')}
     from generate_series(0, ${CAMPAIGNS - 1}) n`,
    // Everybody is GM of one campaign, plays in twenty others, and is in the big one.
    `insert into members (campaign_id, user_id, role, joined_at)
     select ${id('campaign', `((u * 5 + j * 239) % ${CAMPAIGNS})`)}, ${id('user', 'u')},
            case j when 0 then 'gm' when 1 then 'viewer' else 'player' end, ${at('u')}
     from generate_series(0, ${USERS - 1}) u, generate_series(0, 20) j
     on conflict do nothing`,
    `insert into members (campaign_id, user_id, role, joined_at)
     select ${id('campaign', String(BIG_CAMPAIGN))}, ${id('user', 'u')}, case u % 2 when 0 then 'gm' else 'player' end,
            ${at('u')}
     from generate_series(0, ${USERS - 1}) u
     on conflict do nothing`,
    `insert into session_counters (campaign_id, last)
     select ${id('campaign', 'n')}, ${sessionCount} from generate_series(0, ${CAMPAIGNS - 1}) n`,
    // In the order in which they came, so that a campaign's sessions do not lie side by side.
    `insert into sessions (id, campaign_id, session_number, title, description, gm_notes, scheduled_date, time_zone,
       duration_minutes, status, started_at, completed_date, cancelled_reason, created_at, updated_at, version)
     select ${id('session', '(k * 10000 + n)')}, ${id('campaign', 'n')}, k,
            'Evening ' || k || ': ' || line, long, short, d, 'Europe/Berlin', 240, s,
            case when s in ('completed', 'in_progress') then d end,
            case when s = 'completed' then d + interval '4 hours' end,
            case when s = 'cancelled' then 'Two of us are ill' end, d, d, 1
     from (select n, ${sessionCount} as sessions from generate_series(0, ${CAMPAIGNS - 1}) n) c,
       lateral generate_series(1, c.sessions) k,
       lateral (select date_trunc('hour', ${at('0')} + k * interval '7 days' / greatest(1, c.sessions / 200)) as d,
                  case when k = c.sessions then 'cancelled' when k = c.sessions - 1 then 'in_progress'
                       when k * 8 > c.sessions * 5 then 'planned' else 'completed' end as s) x,
       bench_texts
     where bench_texts.i = (n + k) % ${TEXTS}
     order by k, n`,
    `insert into session_results (session_id, campaign_id, summary, events, player_decisions, npc_interactions,
       world_changes, unfinished_threads, xp_awarded, loot_awarded, death_count, duration_minutes, mood, gm_summary,
       captured_at)
     select id, campaign_id, description, array[title], '{}', '[]', '{}', '{}', 300, '{}', 0, 240, 'dramatic', gm_notes,
            completed_date
     from sessions where status = 'completed' and session_number % 10 = 0`,
    `insert into npcs (id, campaign_id, name, tags, visibility, visible_to, gm_notes, role, description, motivations,
       disposition, status, created_at, updated_at, version)
     select ${id('npc', 'n')}, ${id('campaign', String(BIG_CAMPAIGN))}, 'The ferryman of ford ' || n, '{ferry,debt}',
            'party', '{}', short, 'ferryman', long, '{}', 'neutral', 'alive', ${at('n')}, ${at('n')}, 1
     from generate_series(0, 199) n join bench_texts on i = n % ${TEXTS}`,
    'drop table bench_texts',
    'drop function bench_id',
    'vacuum (analyze)',
    'checkpoint',
  ];
}
