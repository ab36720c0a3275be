import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Suite, Test } from 'mocha';
import type { OperationSpec } from '../../adapters/operations/operation.ts';
import { runFolder } from './test-run.ts';

const API_TESTS = fileURLToPath(new URL('../api', import.meta.url));

/* What the test files of a run, each maybe in another process, have seen of the contract: a line for each finding. */
type Finding = 'declared' | 'answered' | 'passed';

const noted = new Set<string>();

function note(finding: Finding, what: string): void {
  const line = `${finding} ${what}\n`;
  if (noted.has(line)) return;
  noted.add(line);
  appendFileSync(ledger(), line);
}

function ledger(): string {
  return join(runFolder(), 'outcomes');
}

/** An operation has answered with this status. */
export function noteAnswer(operation: string, status: number): void {
  note('answered', `${operation} ${status}`);
}

/** Every status that an operation may answer with. */
export function noteDeclared({ name, status, otherStatuses = [], faults = [] }: OperationSpec): void {
  for (const each of [status, ...otherStatuses, ...faults]) note('declared', `${name} ${each}`);
}

/** Which test files have run to their end, all of their tests, and passed. */
export function notePassed(root: Suite): void {
  const tests = testsOf(root);
  const failed = new Set(tests.filter(({ state }) => state !== 'passed').map(({ file }) => file));
  for (const { file } of tests) if (file !== undefined && !failed.has(file)) note('passed', file);
}

/**
 * Every status that an operation declares was answered to some test, where all API tests ran and passed.
 * @throws Error that names those that were not
 */
export function expectEveryOutcome(): void {
  const lines = existsSync(ledger()) ? readFileSync(ledger(), 'utf8').split('\n') : [];
  const found = (finding: Finding): Set<string> =>
    new Set(lines.filter((line) => line.startsWith(`${finding} `)).map((line) => line.slice(finding.length + 1)));
  const passed = found('passed');
  if (readdirSync(API_TESTS).some((file) => !passed.has(join(API_TESTS, file)))) return;
  const answered = found('answered');
  const missing = [...found('declared')].filter((outcome) => !answered.has(outcome));
  if (missing.length > 0) throw new Error(`Outcomes that no API test has seen: ${missing.join(', ')}`);
}

function testsOf(suite: Suite): readonly Test[] {
  return [...suite.tests, ...suite.suites.flatMap(testsOf)];
}
