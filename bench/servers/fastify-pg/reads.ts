import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { decodeCursor, nextPage } from '../peer.ts';
import {
  CAMPAIGN_COLUMNS,
  type CampaignRow,
  SESSION_COLUMNS,
  type SessionRow,
  presentCampaign,
  presentSession,
} from './rows.ts';
import { campaign, campaignParams, listOf, listQuery, session, sessionsParams, sessionsQuery } from './schemas.ts';

const ONE = {
  name: 'one-campaign',
  text:
    `select ${CAMPAIGN_COLUMNS}, m.role from members m join campaigns c on c.id = m.campaign_id ` +
    'where m.user_id = $1 and m.campaign_id = $2 and c.deleted_at is null',
};
const LIST = (after: boolean) => ({
  name: `campaigns-${after}`,
  text:
    `select ${CAMPAIGN_COLUMNS}, m.role from members m join campaigns c on c.id = m.campaign_id ` +
    `where m.user_id = $1 and c.deleted_at is null ${after ? 'and m.campaign_id < $3' : ''} ` +
    'order by m.campaign_id desc limit $2',
});
/** No row at all: the caller is no member. One without a session: there is none. */
const SESSIONS = (status: boolean, after: boolean) => ({
  name: `sessions-${status}-${after}`,
  text:
    'select m.role, s.* from members m join campaigns c on c.id = m.campaign_id and c.deleted_at is null ' +
    `left join lateral (select ${SESSION_COLUMNS} from sessions s where s.campaign_id = $2 and s.deleted_at is null ` +
    `${status ? 'and s.status = $4' : ''} ${after ? `and s.session_number > $${status ? 5 : 4}` : ''} ` +
    'order by s.session_number limit $3) s on true where m.user_id = $1 and m.campaign_id = $2',
});
const lists = { first: LIST(false), next: LIST(true) };
const sessionLists = {
  all: { first: SESSIONS(false, false), next: SESSIONS(false, true) },
  filtered: { first: SESSIONS(true, false), next: SESSIONS(true, true) },
};

interface Page {
  readonly limit: number;
  readonly cursor?: string;
}

export function addReads(api: FastifyInstance, pool: pg.Pool): void {
  api.get<{ Querystring: Page }>(
    '/api/campaigns',
    { schema: { querystring: listQuery, response: { 200: listOf(campaign) } } },
    async ({ userId, query: { limit, cursor }, url }, reply) => {
      const { rows } = await (cursor === undefined
        ? pool.query<CampaignRow>({ ...lists.first, values: [userId, limit + 1] })
        : pool.query<CampaignRow>({ ...lists.next, values: [userId, limit + 1, decodeCursor(cursor)] }));
      if (rows.length > limit) reply.header('link', nextPage(url, cut(rows, limit).id));
      return rows.map(presentCampaign);
    },
  );

  api.get<{ Params: { id: string } }>(
    '/api/campaigns/:id',
    { schema: { params: campaignParams, response: { 200: campaign } } },
    async ({ userId, params }, reply) => {
      const { rows } = await pool.query<CampaignRow>({ ...ONE, values: [userId, params.id] });
      const [row] = rows;
      return row === undefined ? reply.code(404).send({ code: 'not_found' }) : presentCampaign(row);
    },
  );

  api.get<{ Params: { campaignId: string }; Querystring: Page & { readonly status?: string } }>(
    '/api/campaigns/:campaignId/sessions',
    { schema: { params: sessionsParams, querystring: sessionsQuery, response: { 200: listOf(session) } } },
    async ({ userId, params: { campaignId }, query: { limit, cursor, status }, url }, reply) => {
      const statements = status === undefined ? sessionLists.all : sessionLists.filtered;
      const { rows } = await pool.query<SessionRow>({
        ...(cursor === undefined ? statements.first : statements.next),
        values: [
          userId,
          campaignId,
          limit + 1,
          ...(status === undefined ? [] : [status]),
          ...(cursor === undefined ? [] : [Number(decodeCursor(cursor))]),
        ],
      });
      if (rows.length === 0) return reply.code(404).send({ code: 'not_found' });
      if (rows[0]?.id === null) return [];
      if (rows.length > limit) reply.header('link', nextPage(url, cut(rows, limit).sessionNumber));
      return rows.map(presentSession);
    },
  );
}

/** Takes away the row that only told that more follow; answers the last of the page. */
function cut<Row>(rows: Row[], limit: number): Row {
  rows.length = limit;
  const last = rows.at(-1);
  if (last === undefined) throw new Error('A page has at least one row.');
  return last;
}
