import { type Command, InvalidArgumentError, type Option } from 'commander';
import type { Host } from './host.ts';
import { misused } from './misused.ts';

const NAMES: ReadonlyMap<string, string> = new Map([['as', 'FOUNDRY_USER']]);
const OFF: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off']);

/**
 * Gives each option that was not typed its value of `FOUNDRY_<OPTION>`: `--campaign` has FOUNDRY_CAMPAIGN. Commander's
 * own `env()` looks into the process's environment, which is not the host's in tests and lacks what `.env` says.
 */
export function applyEnvironment(command: Command, env: Host['env']): void {
  for (const each of withParents(command)) {
    for (const option of each.options) {
      const attribute = option.attributeName();
      const name = variableOf(option);
      const value = env[name];
      if (option.negate || option.name() === 'version' || value === undefined || value === '') continue;
      if (each.getOptionValueSource(attribute) === 'cli') continue;
      each.setOptionValueWithSource(attribute, read(option, value, name), 'env');
    }
  }
}

function variableOf(option: Option): string {
  return NAMES.get(option.name()) ?? `FOUNDRY_${option.name().replaceAll('-', '_').toUpperCase()}`;
}

function read(option: Option, value: string, name: string): unknown {
  if (option.isBoolean()) return OFF.has(value.toLowerCase()) ? undefined : true;
  try {
    return option.parseArg === undefined ? value : option.parseArg<unknown>(value, undefined);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw misused(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

function withParents(command: Command): readonly Command[] {
  return command.parent === null ? [command] : [command, ...withParents(command.parent)];
}
