import pg from 'pg';
import { startCluster } from './database.ts';
import { type RunningServer, startServer, stopAll } from './processes.ts';
import { servers } from './servers.ts';
import { median, quantile } from './statistics.ts';

/* How long the summary of a campaign with very many sessions takes, and what it costs to schedule one more. */

const SESSIONS = 1_000_000;
/** The one planned session that lies ahead. */
const NEXT = 500_003;
const SUMMARIES = 500;
const LAPS = 8;
const SCHEDULED = 250;
const TRIGGER = 'counts_sessions_on_insert';
const INDEX = 'sessions_by_status_and_date_index';

/** No kind of session that is looked for lies at the beginning or at the end of what is stored. */
const FILL = `insert into sessions (id, campaign_id, session_number, title, time_zone, status, scheduled_date,
    completed_date, created_at, updated_at, version)
  select gen_random_uuid(), $1, n, 'Evening ' || n, 'Europe/Berlin', status,
    case status when 'completed' then now() - n * interval '1 minute' when 'cancelled' then now() + n * interval '1 minute'
      else now() - n * interval '1 hour' end,
    case when status = 'completed' then now() end, now(), now(), 1
  from generate_series(1, ${SESSIONS}) n,
    lateral (select (array['completed', 'cancelled', 'completed', 'planned'])[1 + n % 4] as status) kinds`;
const COUNT = `update session_counters as counter set last = ${SESSIONS}, total = held.total, completed = held.completed
  from (select count(*) as total, count(*) filter (where status = 'completed') as completed
    from sessions where campaign_id = $1 and deleted_at is null) as held
  where counter.campaign_id = $1`;

type Send = (method: string, path: string, body?: object) => Promise<{ readonly ms: number; readonly body: unknown }>;

async function main(): Promise<void> {
  const cluster = await startCluster();
  const kind = servers.find(({ key }) => key === 'uncached');
  if (kind === undefined) throw new Error('There is no server without a cache.');
  try {
    await cluster.build('summaries', () => Promise.resolve());
    const url = await cluster.copy('summaries');
    const environment = { DATABASE_URL: url, XDG_CACHE_HOME: cluster.folder, RATE_LIMIT: 'off', LIMIT_SESSIONS: '0' };
    const server = await startServer(kind, { logFolder: cluster.folder, environment });
    const database = new pg.Client({ connectionString: url });
    await database.connect();
    const send = await register(server);
    const { path, campaignId } = await newCampaign(send);
    await fill(database, campaignId);
    await measureSummaries(send, path, database);
    await measureScheduling(send, (await newCampaign(send)).path, database);
    await database.end();
  } finally {
    await stopAll();
    await cluster.stop();
  }
}

async function register(server: RunningServer): Promise<Send> {
  const account = { email: 'gm@example.org', username: 'game-master', password: 'Quiet-harbour-7' };
  const { body } = await sender(server, null)('POST', '/api/auth/register', account);
  return sender(server, textOf(body, 'token'));
}

async function newCampaign(send: Send): Promise<{ readonly path: string; readonly campaignId: string }> {
  const campaignId = textOf((await send('POST', '/api/campaigns', { name: 'The long road' })).body, 'id');
  return { path: `/api/campaigns/${campaignId}`, campaignId };
}

function sender({ url }: RunningServer, token: string | null): Send {
  return async (method, path, body) => {
    const begun = performance.now();
    const response = await fetch(url + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token !== null && { Authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
    return { ms: performance.now() - begun, body: JSON.parse(text) };
  };
}

/** Past all triggers: they are measured afterwards, and some count row by row. */
async function fill(database: pg.Client, campaignId: string): Promise<void> {
  await database.query("set session_replication_role = 'replica'");
  await database.query(FILL, [campaignId]);
  await database.query("set session_replication_role = 'origin'");
  await database.query("update sessions set scheduled_date = now() + interval '3 days' where session_number = $1", [
    NEXT,
  ]);
  await database.query(COUNT, [campaignId]);
  await database.query('vacuum (analyze) sessions');
}

async function measureSummaries(send: Send, path: string, database: pg.Client): Promise<void> {
  const times: number[] = [];
  for (let time = 0; time < SUMMARIES; time += 1) times.push((await send('GET', `${path}/summary`)).ms);
  const begun = performance.now();
  const { rows } = await database.query("select count(*), count(*) filter (where status = 'completed') from sessions");
  const counting = performance.now() - begun;
  const sorted = times.toSorted((a, b) => a - b);
  tell(`summary of ${JSON.stringify((await send('GET', `${path}/summary`)).body)}`);
  tell(
    `first ${ms(times[0])}, p50 ${ms(median(times))}, p99 ${ms(quantile(sorted, 0.99))}, slowest ${ms(sorted.at(-1))}`,
  );
  tell(`counting them instead (${JSON.stringify(rows[0])}): ${ms(counting)}`);
}

/** With what the summary needs and without, one right after the other. */
async function measureScheduling(send: Send, path: string, database: pg.Client): Promise<void> {
  const schedule = async (): Promise<number> => {
    const times: number[] = [];
    for (let time = 0; time < SCHEDULED; time += 1) {
      times.push(
        (await send('POST', `${path}/sessions`, { title: 'One more', scheduledDate: '2031-01-01T19:00:00Z' })).ms,
      );
    }
    // Whatever else the machine does makes some of them longer, and none shorter.
    return quantile(
      times.toSorted((a, b) => a - b),
      0.1,
    );
  };
  const index = (
    await database.query<{ indexdef: string }>('select indexdef from pg_indexes where indexname = $1', [INDEX])
  ).rows[0]?.indexdef;
  const ratios: number[] = [];
  const indexRatios: number[] = [];
  await schedule();
  for (let lap = 0; lap < LAPS; lap += 1) {
    const both = await schedule();
    await database.query(`alter table sessions disable trigger ${TRIGGER}`);
    const onlyIndex = await schedule();
    await database.query(`drop index ${INDEX}`);
    const neither = await schedule();
    await database.query(`alter table sessions enable trigger ${TRIGGER}`);
    if (index !== undefined) await database.query(index);
    ratios.push(both / neither);
    indexRatios.push(onlyIndex / neither);
    tell(`schedule: ${ms(both)} with counts and index, ${ms(onlyIndex)} with the index, ${ms(neither)} with neither`);
  }
  tell(
    `schedule: ${median(ratios).toFixed(2)} times as long with both, ${median(indexRatios).toFixed(2)} with the index`,
  );
}

function textOf(value: unknown, name: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof found !== 'string') throw new Error(`No ${name} in ${JSON.stringify(value)}`);
  return found;
}

function ms(time = NaN): string {
  return `${time.toFixed(2)} ms`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
