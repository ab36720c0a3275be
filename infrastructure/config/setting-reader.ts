import { ConfigError } from './config-error.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Reads settings one by one and reports their faults all at once. An empty value counts as none. */
export interface SettingReader {
  text(name: string): string | null;
  integer(name: string, fallback: number, min: number, max: number): number;
  oneOf<const T extends string>(name: string, values: readonly T[], fallback: T): T;
  flag(name: string, fallback: boolean): boolean;
  /** `15m`, `12h`, `30d`, `90s`: in milliseconds. */
  duration(name: string, fallback: string): number;
  list(name: string): readonly string[];
  fault(message: string): void;
  /** @throws ConfigError when there was any fault */
  finish(): void;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function makeSettingReader(env: Env): SettingReader {
  const faults: string[] = [];
  const fault = (message: string): void => {
    faults.push(message);
  };
  const text = (name: string): string | null => {
    const value = env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  return {
    text,
    fault,
    integer: (name, fallback, min, max) => {
      const value = text(name);
      if (value === null) return fallback;
      const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
      if (number >= min && number <= max) return number;
      fault(`${name} must be a whole number from ${min} to ${max}, not "${value}".`);
      return fallback;
    },
    oneOf: (name, values, fallback) => {
      const value = text(name);
      const found = values.find((each) => each === value);
      if (value !== null && found === undefined) fault(`${name} must be one of ${values.join(', ')}, not "${value}".`);
      return found ?? fallback;
    },
    flag: (name, fallback) => {
      const value = text(name);
      if (value === null) return fallback;
      if (['true', 'on', '1', 'yes'].includes(value)) return true;
      if (!['false', 'off', '0', 'no'].includes(value)) fault(`${name} must be true or false, not "${value}".`);
      return false;
    },
    duration: (name, fallback) => {
      const value = text(name) ?? fallback;
      const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
      const milliseconds = Number(count) * (UNITS[unit] ?? 0);
      if (milliseconds === 0) fault(`${name} must be a time such as 15m, 12h or 30d, not "${value}".`);
      return milliseconds;
    },
    list: (name) =>
      (text(name) ?? '')
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    finish: () => {
      if (faults.length > 0) throw new ConfigError(faults);
    },
  };
}
