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
  const mine = statOf(server);
  const main = statOf(postmaster);
  if (mine === null || main === null) return null;
  const backends = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === postmaster);
  return {
    serverMs: mine.ownMs,
    // A backend that ended is counted with the postmaster, which waited for it.
    postgresMs: backends.reduce((sum, stat) => sum + (stat?.ownMs ?? 0), main.ownMs + main.endedMs),
  };
}

/** Resident memory; null where it cannot be told. */
export function readMemoryMiB(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}

interface Stat {
  readonly parent: number;
  readonly ownMs: number;
  readonly endedMs: number;
}

/** proc_pid_stat(5). Null for a process that is gone. */
function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, which may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      parent: field(4),
      ownMs: (field(14) + field(15)) * MS_PER_TICK,
      endedMs: (field(16) + field(17)) * MS_PER_TICK,
    };
  } catch {
    return null;
  }
}
