import { object } from 'yup';
import { CAMPAIGN_STATUSES } from '../../core/campaigns/campaign.ts';
import type { CampaignQueries } from '../../core/campaigns/campaign-queries.ts';
import type { CreateCampaign } from '../../core/campaigns/create-campaign.ts';
import type { DeleteCampaign } from '../../core/campaigns/delete-campaign.ts';
import type { RestoreCampaign } from '../../core/campaigns/restore-campaign.ts';
import type { UpdateCampaign } from '../../core/campaigns/update-campaign.ts';
import { ROLES } from '../../core/members/role.ts';
import type { SummarizeCampaign } from '../../core/campaigns/summarize-campaign.ts';
import { notFound } from '../../core/shared/errors.ts';
import {
  emptyBody,
  id,
  line,
  optionalIdEnding,
  optionalInteger,
  optionalLine,
  optionalMarkdown,
  optionalOneOf,
  optionalText,
  pageFields,
} from './fields.ts';
import { operation, read } from './operation.ts';
import { campaignView, summaryView } from './campaign-view.ts';
import { listOf, nothing } from './response.ts';

export interface CampaignServices {
  readonly campaigns: {
    readonly create: CreateCampaign;
    readonly update: UpdateCampaign;
    readonly delete: DeleteCampaign;
    readonly restore: RestoreCampaign;
    readonly queries: CampaignQueries;
    readonly summarize: SummarizeCampaign;
  };
}

const campaignParams = object({ id: id() });
const optionalDetails = {
  description: optionalMarkdown(),
  setting: optionalLine(),
  theme: optionalLine(),
  tone: optionalLine(),
  system: optionalLine(),
  playerCount: optionalInteger(1, 20),
  partyLevel: optionalInteger(1, 30),
  timeZone: optionalText(64),
};

export const createCampaign = operation({
  name: 'createCampaign',
  summary: 'Create a campaign; its creator is its first owner',
  method: 'POST',
  path: '/api/campaigns',
  status: 201,
  access: { scope: 'campaigns:write' },
  body: object({ name: line(), ...optionalDetails }).noUnknown(),
  response: campaignView,
  run: ({ campaigns }: CampaignServices, actor, { body }) => campaigns.create(actor, body),
});

export const listCampaigns = read({
  name: 'listCampaigns',
  summary: 'The campaigns that I belong to, newest first',
  method: 'GET',
  path: '/api/campaigns',
  status: 200,
  access: { scope: 'campaigns:read' },
  query: object({
    status: optionalOneOf(CAMPAIGN_STATUSES),
    role: optionalOneOf(ROLES),
    q: optionalText(255),
    name: optionalText(255),
    idEnding: optionalIdEnding(),
    ...pageFields(),
  }).noUnknown(),
  response: listOf(campaignView),
  cachedBy: ({ items }) => items.map(({ value }) => value.id),
  run: ({ campaigns }: CampaignServices, viewer, { query, page }) => {
    const { status = null, role = null, q = null, name = null } = query;
    const idEnding = query.idEnding?.toLowerCase() ?? null;
    return campaigns.queries.list(viewer, { status, role, q, name, idEnding }, page);
  },
});

export const getCampaign = read({
  name: 'getCampaign',
  summary: 'One campaign',
  method: 'GET',
  path: '/api/campaigns/:id',
  status: 200,
  access: { scope: 'campaigns:read' },
  params: campaignParams,
  faults: [404],
  response: campaignView,
  cachedBy: (_, { id: campaignId }) => [campaignId],
  run: async ({ campaigns }: CampaignServices, viewer, { params }) => {
    const campaign = await campaigns.queries.find(viewer, params.id);
    if (campaign === null) throw notFound();
    return campaign;
  },
});

export const updateCampaign = operation({
  name: 'updateCampaign',
  summary: 'Change what is given of a campaign',
  method: 'PATCH',
  alsoMethod: 'PUT',
  path: '/api/campaigns/:id',
  status: 200,
  access: { scope: 'campaigns:write' },
  params: campaignParams,
  body: object({ name: line().optional(), ...optionalDetails, status: optionalOneOf(CAMPAIGN_STATUSES) }).noUnknown(),
  faults: [404, 409, 412],
  response: campaignView,
  run: ({ campaigns }: CampaignServices, actor, { params, body: changes, expectedVersions }) =>
    campaigns.update(actor, { campaignId: params.id, changes, expectedVersions }),
});

export const deleteCampaign = operation({
  name: 'deleteCampaign',
  summary: 'Move a campaign to the trash, with all that is in it',
  method: 'DELETE',
  path: '/api/campaigns/:id',
  status: 204,
  access: { scope: 'campaigns:write' },
  params: campaignParams,
  faults: [404, 412],
  response: nothing,
  run: ({ campaigns }: CampaignServices, actor, { params, expectedVersions }) =>
    campaigns.delete(actor, { campaignId: params.id, expectedVersions }),
});

export const restoreCampaign = operation({
  name: 'restoreCampaign',
  summary: 'Take a campaign out of the trash, within 30 days',
  method: 'POST',
  path: '/api/campaigns/:id/restore',
  status: 200,
  access: { scope: 'campaigns:write' },
  params: campaignParams,
  body: emptyBody(),
  faults: [404, 409, 412],
  response: campaignView,
  run: ({ campaigns }: CampaignServices, actor, { params, expectedVersions }) =>
    campaigns.restore(actor, { campaignId: params.id, expectedVersions }),
});

export const getCampaignSummary = read({
  name: 'getCampaignSummary',
  summary: 'A campaign at a glance',
  method: 'GET',
  path: '/api/campaigns/:id/summary',
  status: 200,
  access: { scope: 'campaigns:read' },
  params: campaignParams,
  faults: [404],
  response: summaryView,
  cachedBy: (_, { id: campaignId }) => [campaignId],
  run: ({ campaigns }: CampaignServices, viewer, { params }) => campaigns.summarize(viewer, { campaignId: params.id }),
});

export const campaignOperations = [
  createCampaign,
  listCampaigns,
  getCampaign,
  updateCampaign,
  deleteCampaign,
  restoreCampaign,
  getCampaignSummary,
];
