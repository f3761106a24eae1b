/** What a process has used, as the kernel counts it (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  cpuMs: number;
  /** Bytes in memory. */
  rss: number;
}

const TICK_MS = 10;
const PAGE_BYTES = 4096;

export function usageOf(pid: number): Usage {
  const fields = statOf(pid);
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, rss: Number(fields[21]) * PAGE_BYTES };
}

/** Direct children of a process. */
export function childrenOf(pid: number): number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((id) => {
    try {
      return Number(statOf(id)[1]) === pid;
    } catch {
      return false; // it ended meanwhile
    }
  });
}

/** The fields after the name, which may hold anything. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
