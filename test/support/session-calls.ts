import type { Api, ApiUser } from './api.ts';
import type { ApiResponse } from './api-clients.ts';

/** A session with every field that may be sent. */
export const everything = {
  title: 'The bell below',
  description: '<b>kept</b> as *written*',
  gmNotes: 'The baker did it',
  scheduledDate: '2026-12-04T19:00:00.000Z',
  timeZone: 'Europe/Berlin',
  durationMinutes: 240,
  sessionNumber: 7,
};

interface SessionCalls {
  /** A campaign, and its owner, who is a GM of it. */
  newTable(): Promise<{ readonly gm: ApiUser; readonly campaignId: string }>;
  schedule(user: ApiUser, campaignId: string, body: unknown): Promise<ApiResponse>;
  read(user: ApiUser, id: string): Promise<ApiResponse>;
  patch(user: ApiUser, id: string, body: unknown): Promise<ApiResponse>;
  post(user: ApiUser, id: string, verb: string, body?: unknown): Promise<ApiResponse>;
}

/** What the tests of sessions ask again and again, of an API that starts before they run. */
export function makeSessionCalls(api: () => Api): SessionCalls {
  return {
    newTable: async () => {
      const gm = await api().newUser();
      return { gm, campaignId: await api().newCampaign(gm) };
    },
    schedule: (user, campaignId, body) => api().as(user).post(`/api/campaigns/${campaignId}/sessions`, body),
    read: (user, id) => api().as(user).get(`/api/sessions/${id}`),
    patch: (user, id, body) => api().as(user).patch(`/api/sessions/${id}`, body),
    post: (user, id, verb, body) => api().as(user).post(`/api/sessions/${id}/${verb}`, body),
  };
}
