import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { caseNames } from './cases.ts';
import { ACTIVE_USERS } from './dataset.ts';
import { serverKeys } from './servers.ts';

/** How much is measured. */
export interface Plan {
  readonly mode: 'full' | 'quick';
  readonly large: boolean;
  readonly servers: readonly string[];
  /** The folders of other checkouts of the project, whose server is measured as well. */
  readonly beside: readonly string[];
  readonly cases: readonly string[];
  /** What is measured besides: starts, endurance, pages, nouns, sizes. */
  readonly extras: readonly string[];
  /** How often each server is started. */
  readonly rounds: number;
  /** How often each is driven then; every other time in the opposite order. */
  readonly laps: number;
  readonly connections: readonly number[];
  /** With reads, before all cases: until V8 has compiled what every request runs. */
  readonly startWarmMs: number;
  /** When a server meets a case for the first time: the same for what the case runs. */
  readonly firstWarmMs: number;
  /** At the other times. */
  readonly warmMs: number;
  /** How many users take turns in a case. */
  readonly users: number;
  /** As many requests at least: a cache has to know what all of these users ask for. */
  readonly warmAtLeast: number;
  readonly measuredMs: number;
  /** For cases that use up what they ask for, such as refresh tokens: so many requests instead. */
  readonly warmRequests: number;
  readonly measuredRequests: number;
  /** How long a server rests before its memory is read. */
  readonly settleMs: number;
  readonly enduranceRequests: number;
  /** Sessions per campaign, in relation to 100,000 in all. */
  readonly scale: number;
  /** Where our server leaves its CPU profiles. */
  readonly profileFolder: string | null;
  /** Whether every case and server is measured, and the figures that are no cases as well. */
  readonly complete: boolean;
  readonly command: string;
}

const quickly = {
  rounds: 2,
  laps: 2,
  connections: [16],
  seconds: 0.25,
  startWarmMs: 1000,
  firstWarmMs: 200,
  warmMs: 100,
  users: 200,
  warmAtLeast: 300,
  warmRequests: 32,
  measuredRequests: 160,
  settleMs: 4000,
  enduranceRequests: 10_000,
};
const fully: typeof quickly = {
  rounds: 2,
  laps: 2,
  connections: [16, 64],
  seconds: 1.5,
  startWarmMs: 6000,
  firstWarmMs: 3000,
  warmMs: 300,
  users: ACTIVE_USERS,
  warmAtLeast: 1500,
  warmRequests: 256,
  measuredRequests: 1024,
  settleMs: 5000,
  enduranceRequests: 100_000,
};

/** @throws Error for what is no option, case, server or checkout */
export function readPlan(argv: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      only: { type: 'string' },
      servers: { type: 'string' },
      beside: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      laps: { type: 'string' },
      connections: { type: 'string' },
      seconds: { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  });
  const defaults = values.quick ? quickly : fully;
  const extras = ['starts', 'endurance', 'pages', 'nouns', ...(values.large ? ['sizes'] : [])];
  const only = chosen(values.only, [...caseNames, ...extras], 'case');
  return {
    ...defaults,
    mode: values.quick ? 'quick' : 'full',
    large: values.large,
    servers: chosen(values.servers, serverKeys, 'server'),
    beside: values.beside.map(checkoutIn),
    cases: only.filter((name) => caseNames.includes(name)),
    extras: only.filter((name) => extras.includes(name)),
    rounds: numbers(values.rounds)[0] ?? defaults.rounds,
    laps: numbers(values.laps)[0] ?? defaults.laps,
    connections: values.connections === undefined ? defaults.connections : numbers(values.connections),
    measuredMs: (numbers(values.seconds)[0] ?? defaults.seconds) * 1000,
    scale: values.large ? 10 : 1,
    profileFolder: values['cpu-prof'] ?? null,
    complete: values.only === undefined && values.servers === undefined && values.beside.length === 0,
    command: ['npm run bench', ...(argv.length === 0 ? [] : ['--', ...argv])].join(' '),
  };
}

function chosen(given: string | undefined, known: readonly string[], what: string): readonly string[] {
  if (given === undefined) return known;
  const names = given.split(',').map((name) => name.trim());
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Error(`There is no ${what} "${stranger}"; there are ${known.join(', ')}.`);
  return known.filter((name) => names.includes(name));
}

function checkoutIn(folder: string): string {
  if (!existsSync(join(folder, 'bin/foundry.js'))) throw new Error(`There is no checkout in "${folder}".`);
  return resolve(folder);
}

function numbers(given: string | undefined): readonly number[] {
  return (given ?? '').split(',').flatMap((text) => {
    if (text === '') return [];
    if (!(Number(text) > 0)) throw new Error(`"${text}" is no number above 0.`);
    return [Number(text)];
  });
}
