import { readFileSync, readdirSync } from 'node:fs';

/** What processes have used since they started. Only Linux tells; elsewhere nothing is known. */
export interface Usage {
  readonly serverMs: number;
  readonly postgresMs: number;
}

/** Linux counts in hundredths of a second wherever Node.js runs. */
const MS_PER_TICK = 10;

export function readUsage(server: number, postmaster: number): Usage | null {
  if (process.platform !== 'linux') return null;
  const mine = readCpuMs(server);
  const main = statOf(postmaster);
  if (mine === null || main === null) return null;
  const backends = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid === postmaster || (pid > 0 && statOf(pid)?.parent === postmaster));
  return {
    serverMs: mine,
    // A backend that ended is counted with the postmaster, which waited for it.
    postgresMs: backends.reduce((sum, pid) => sum + (readCpuMs(pid) ?? 0), main.endedMs),
  };
}

/** Resident memory; null where it cannot be told. */
export function readMemoryMiB(pid: number): number | null {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`) ?? '') ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

/** Of all threads, to the nanosecond; where the kernel does not count so, to the hundredth of a second. */
function readCpuMs(pid: number): number | null {
  const threads = readThreads(pid).map((thread) => readProc(`${pid}/task/${thread}/schedstat`));
  const known = threads.filter((text) => text !== null);
  if (known.length === 0) return statOf(pid)?.ownMs ?? null;
  return known.reduce((sum, text) => sum + Number(text.split(' ', 1)[0]) / 1e6, 0);
}

interface Stat {
  readonly parent: number;
  readonly ownMs: number;
  readonly endedMs: number;
}

/** proc_pid_stat(5). Null for a process that is gone. */
function statOf(pid: number): Stat | null {
  const text = readProc(`${pid}/stat`);
  if (text === null) return null;
  // The second field is a name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    parent: field(4),
    ownMs: (field(14) + field(15)) * MS_PER_TICK,
    endedMs: (field(16) + field(17)) * MS_PER_TICK,
  };
}

function readThreads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readProc(file: string): string | null {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return null;
  }
}
