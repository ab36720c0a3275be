import { type Viewer, claimedBy } from '../../core/shared/actor.ts';
import { DomainError, type ErrorCode } from '../../core/shared/errors.ts';
import type { Logger } from '../../core/shared/logger.ts';
import { SECURITY_EVENTS, type SecurityEvents } from '../../core/shared/security-event.ts';
import type { Endpoint, RawRequest } from './operation.ts';

/** What every operation tells. */
const always: SecurityEvents = {
  forbidden: ['authz_fail'],
  rate_limited: ['excess_rate_limit_exceeded'],
  validation_failed: ['input_validation_fail'],
};

/**
 * Tells the log how the operation ended, where that is of interest for security: ids only, nothing of what was sent or
 * answered. Outside of the transaction, so that nothing is told which was not kept.
 */
export function tellingSecurity(endpoint: Endpoint, logger: Logger): Endpoint {
  const { name: operation, events = {} } = endpoint.spec;
  const tell = (outcome: 'done' | ErrorCode, fields: () => Fields): void => {
    for (const event of [...(always[outcome] ?? []), ...(events[outcome] ?? [])]) {
      logger[SECURITY_EVENTS[event]](event, { operation, ...fields() });
    }
  };
  return {
    ...endpoint,
    handle: async (viewer, request) => {
      try {
        const answer = await endpoint.handle(viewer, request);
        tell('done', () => ({
          ...fieldsOf(viewer, request),
          userId: userIdOf(viewer) ?? idOf(child(answer.body, 'user')),
        }));
        return answer;
      } catch (error) {
        if (error instanceof DomainError) {
          tell(error.code, () => {
            const { campaignId, ...fields } = fieldsOf(viewer, request);
            return { ...fields, campaignId: error.campaignId ?? campaignId };
          });
        }
        throw error;
      }
    },
  };
}

interface Fields {
  readonly requestId: string | null;
  readonly address: string | null;
  readonly userId: string | null;
  readonly campaignId: string | null;
  /** What the path names; in a member's case the user. */
  readonly subjectId: string | null;
}

function fieldsOf(viewer: Viewer | null, { requestId = null, address = null, params }: RawRequest): Fields {
  return {
    requestId,
    address,
    userId: userIdOf(viewer),
    campaignId: uuidOf(child(params, 'campaignId')),
    subjectId: idOf(params) ?? uuidOf(child(params, 'userId')),
  };
}

function userIdOf(viewer: Viewer | null): string | null {
  return viewer && claimedBy(viewer).userId;
}

function child(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function idOf(value: unknown): string | null {
  return uuidOf(child(value, 'id'));
}

/** Parameters are as yet unchecked here. */
function uuidOf(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? value.toLowerCase() : null;
}
