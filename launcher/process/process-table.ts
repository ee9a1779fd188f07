/** All processes of the machine, read once from /proc. About 10 µs each, so it is done on need and never as a poll of its own. */
import { readdirSync } from 'node:fs';
import type { ProcStat } from '../core/proc-stat';
import { readStat } from './identity';

export function readProcessTable(): ProcStat[] {
  const table: ProcStat[] = [];
  for (const entry of readdirSync('/proc')) {
    const first = entry.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const stat = readStat(Number(entry));
    if (stat !== null) table.push(stat);
  }
  return table;
}
