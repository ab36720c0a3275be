import { type Environment, type Home, exitOf } from './server-process.ts';

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

interface CliInput {
  readonly env?: Environment;
  /** Standard input; nobody sits there in any case. */
  readonly input?: string;
}

/** Runs one `foundry` command in a process of its own, to its end. */
export async function runFoundry(
  home: Home,
  args: readonly string[],
  { env = {}, input = '' }: CliInput = {},
): Promise<CliResult> {
  const child = home.spawn(args, env);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A command that reads nothing may be gone before its input is written.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const exitCode = await exitOf(child);
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), exitCode };
}

/** As runFoundry, with `--json`: what it printed. @throws Error with its output when it fails */
export async function foundryJson(home: Home, args: readonly string[], given?: CliInput): Promise<unknown> {
  const { stdout } = await expectDone(home, [...args, '--json'], given);
  return JSON.parse(stdout);
}

/** As runFoundry. @throws Error with its output when it fails */
export async function expectDone(home: Home, args: readonly string[], given?: CliInput): Promise<CliResult> {
  const result = await runFoundry(home, args, given);
  if (result.exitCode === 0) return result;
  throw new Error(`foundry ${args.join(' ')}: ${result.exitCode ?? 'a signal'}\n${result.stdout}${result.stderr}`);
}
