import type { ResetPassword } from '../../core/auth/reset-password.ts';
import type { SuspendUser } from '../../core/auth/suspend-user.ts';
import type { DomainError } from '../../core/shared/errors.ts';
import type { Migrations } from '../../core/shared/migrations.ts';
import type { Readiness } from '../../core/shared/readiness.ts';
import type { ActivateUser } from '../../core/users/activate-user.ts';
import type { UserQueries } from '../../core/users/user-queries.ts';
import type { CreateUser } from '../../core/users/create-user.ts';
import type { Endpoint } from '../operations/operation.ts';

/** What the command line needs of the machine that it runs on. `bin` provides it; each part is opened when first used. */
export interface Host {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  now(): Date;
  /** Where this user's data is kept, made where it is missing. @throws ConfigError when it cannot be */
  dataFolder(): Promise<string>;
  /** The core on this machine's database. On the embedded one it migrates first, as `serve` does. */
  open(): Promise<LocalCore>;
  openMigrations(): Promise<LocalMigrations>;
  /** The checks of `/health/ready`, with the milliseconds that each took. */
  checkHealth(): Promise<HealthReport>;
  /** What an error of the database means; null for any other. */
  readonly explainFault: (error: unknown) => DomainError | null;
  /** Serves until it is told to stop. */
  serve(options: ServeOptions): Promise<void>;
}

export interface LocalCore {
  readonly endpoints: readonly Endpoint[];
  /** Runs work on the endpoints, and keeps nothing of what it writes. @throws what the work throws */
  rehearse(work: () => Promise<unknown>): Promise<void>;
  readonly users: {
    readonly create: CreateUser;
    readonly suspend: SuspendUser;
    readonly activate: ActivateUser;
    readonly resetPassword: ResetPassword;
    readonly queries: UserQueries;
  };
  close(): Promise<void>;
}

export interface LocalMigrations extends Migrations {
  close(): Promise<void>;
}

export interface HealthReport {
  readonly readiness: Readiness;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly milliseconds: number }[];
}

export interface ServeOptions {
  readonly port?: number;
  readonly host?: string;
  readonly migrate?: boolean;
}
