import type { EntitySchema } from '@mikro-orm/postgresql';
import type { Container } from 'inversify';
import type { Cursors } from '../../adapters/operations/cursor.ts';
import type { Logger } from '../../core/shared/logger.ts';
import { endpointPipeline } from '../../adapters/operations/endpoint-pipeline.ts';
import type { IdempotencyDeps } from '../../adapters/operations/idempotency.ts';
import type { Endpoint, Operation } from '../../adapters/operations/operation.ts';
import { explainFault } from '../database/explain-fault.ts';

/** The name under which a value of type T is found in the container. */
export interface Token<T> {
  readonly id: symbol;
  /** Never there: it makes a token of another type another type. */
  readonly type?: T;
}

export function token<T>(name: string): Token<T> {
  return { id: Symbol(name) };
}

type Tokens<D> = { readonly [K in keyof D]: Token<D[K]> };

/** What a feature brings: its rows for the database, and its part of the wiring. */
export interface Feature {
  readonly rows: readonly EntitySchema[];
  register(binder: Binder): void;
}

export interface Binder {
  /** Makes a value out of others, once, when it is first needed. A wrong dependency does not compile. */
  provide<T, D extends object>(name: Token<T>, dependencies: Tokens<D>, make: (dependencies: D) => T): void;
  /** As provide, for what only this feature asks for. */
  make<T, D extends object>(dependencies: Tokens<D>, make: (dependencies: D) => T): Token<T>;
  /** Offers operations to the adapters. */
  serve<S>(operations: readonly Operation<S>[], services: Token<S>): void;
}

export const LOGGER = token<Logger>('logger');
export const CURSORS = token<Cursors>('cursors');
export const IDEMPOTENCY = token<IdempotencyDeps>('idempotency');
export const ENDPOINTS = token<readonly Endpoint[]>('endpoints');

export function makeBinder(container: Container): Binder {
  const provide = <T, D extends object>(
    name: Token<T>,
    dependencies: Tokens<D>,
    make: (dependencies: D) => T,
  ): void => {
    const entries = Object.entries<Token<unknown>>(dependencies);
    container.bind<T>(name.id).toResolvedValue(
      (...values: unknown[]) => {
        const resolved = Object.fromEntries(entries.map(([key], index) => [key, values[index]]));
        // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- Tokens<D> says of each key what its value is; Object.fromEntries forgets it
        return make(resolved as D);
      },
      entries.map(([, { id }]) => id),
    );
  };
  return {
    provide,
    make: (dependencies, make) => {
      const name = token<ReturnType<typeof make>>(make.name);
      provide(name, dependencies, make);
      return name;
    },
    serve: (operations, services) => {
      const dependencies = { services, cursors: CURSORS, idempotency: IDEMPOTENCY, logger: LOGGER };
      provide(ENDPOINTS, dependencies, ({ services: given, ...ports }) =>
        operations.map((operation) => endpointPipeline(operation, given, { ...ports, explainFault })),
      );
    },
  };
}
