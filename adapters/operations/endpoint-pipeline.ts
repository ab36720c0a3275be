import type { DomainError } from '../../core/shared/errors.ts';
import type { Logger } from '../../core/shared/logger.ts';
import type { Cursors } from './cursor.ts';
import { type IdempotencyDeps, idempotent } from './idempotency.ts';
import type { Endpoint, Operation } from './operation.ts';
import { tellingSecurity } from './security-events.ts';

/** How what is wrong beneath the core is told. */
export interface FaultTelling {
  /**
   * What an error of the database means to the caller; null for an error that is none of its own. `alert` hears the
   * SQLSTATE of a value that a guard of ours should have refused before the database did.
   */
  readonly explainFault: (error: unknown, alert: (sqlState: string) => void) => DomainError | null;
  readonly logger: Logger;
}

interface Deps extends FaultTelling {
  readonly cursors: Cursors;
  readonly idempotency: IdempotencyDeps;
}

/** An operation with its services and with all that every operation goes through, from the outside in. */
export function endpointPipeline<S>(operation: Operation<S>, services: S, deps: Deps): Endpoint {
  const { cursors, idempotency, logger } = deps;
  return tellingFaults(tellingSecurity(idempotent(operation.bind(services, cursors), idempotency), logger), deps);
}

function tellingFaults(endpoint: Endpoint, deps: FaultTelling): Endpoint {
  const handle: Endpoint['handle'] = (viewer, request) => endpoint.handle(viewer, request);
  return { ...endpoint, handle: faultsTold(endpoint.spec.name, handle, deps) };
}

/** The same work, whose faults of the database are told by the domain's names for them. @throws DomainError */
export function faultsTold<A extends readonly unknown[], R>(
  operation: string,
  work: (...args: A) => Promise<R>,
  { explainFault, logger }: FaultTelling,
): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await work(...args);
    } catch (error) {
      const fault = explainFault(error, (sqlState) => {
        // The value itself is nobody's business.
        logger.error('database_rejected_input', { operation, sqlState });
      });
      if (fault === null) throw error;
      throw fault;
    }
  };
}
