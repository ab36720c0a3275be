import type { Host } from '../adapters/cli/host.ts';
import { explainFault } from '../infrastructure/database/explain-fault.ts';

/** Runs one command line, and ends the process with its exit code. */
export async function main(argv: readonly string[], version: string): Promise<void> {
  const [{ runCli }, { loadEnvironment }, { explainError }] = await Promise.all([
    import('../adapters/cli/program.ts'),
    import('../infrastructure/config/environment.ts'),
    import('../adapters/cli/explain-error.ts'),
  ]);
  const env = await loadEnvironment(process.env, process.cwd()).catch((error: unknown) => {
    const { exitCode, message } = explainError(error, null);
    process.stderr.write(`error: ${message ?? ''}\n`);
    process.exit(exitCode);
  });
  process.exit(await runCli(argv, makeHost(version, env)));
}

function makeHost(version: string, env: Host['env']): Host {
  // The command line opens what it needs when it needs it: loading the database takes longer than most commands.
  const local = () => import('../infrastructure/container/local-host.ts');
  return {
    version,
    env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    dataFolder: async () => (await local()).localDataFolder(env),
    open: async () => (await local()).openLocalCore(env, version),
    openMigrations: async () => (await local()).openLocalMigrations(env, version),
    checkHealth: async () => (await local()).checkLocalHealth(env, version),
    explainFault: (error) => explainFault(error, () => undefined),
    serve: async (options) => {
      const { serve } = await import('../infrastructure/container/serve.ts');
      await serve({ env, version, options, stdout: process.stdout, stop: toldToStop() });
    },
  };
}

/** Ctrl+C under `npm start` reaches us twice, from the terminal and from npm: within this time that is one signal. */
const SAME_SIGNAL_MS = 500;

/** The first SIGTERM or SIGINT asks the server to stop; a second one ends it at once. */
function toldToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = Infinity;
    const ask = (signal: string): void => {
      if (performance.now() - asked > SAME_SIGNAL_MS) process.exit(1);
      asked = Math.min(asked, performance.now());
      resolve(signal);
    };
    process.on('SIGTERM', ask).on('SIGINT', ask);
  });
}
