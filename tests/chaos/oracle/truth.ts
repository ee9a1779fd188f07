/** What the witnesses wrote of their lives (witness/witness.pl says in which words). */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Life {
  readonly run: string;
  readonly pid: number;
  /** By the kernel's clock. */
  readonly bornAtMs: number;
  /** It took the lock that only one tree can hold. */
  readonly wasAlone: boolean;
  /** Of line 1, 2...: how many bytes were taken. */
  readonly taken: readonly number[];
  readonly signals: readonly string[];
  /** The code it was about to end with; null = it did not come to that. */
  readonly exitCode: number | null;
}

/** Oldest first. */
export function readLives(directory: string): Life[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name !== 'lock')
    .map((name) => readLife(directory, name))
    .sort((a, b) => a.bornAtMs - b.bornAtMs);
}

function readLife(directory: string, name: string): Life {
  const path = join(directory, name);
  const dot = name.lastIndexOf('.');
  const taken: number[] = [];
  const signals: string[] = [];
  let wasAlone = true;
  let exitCode: number | null = null;
  // Behind the last newline stands nothing, or what was cut short by a kill.
  for (const line of readFileSync(path, 'latin1').split('\n').slice(0, -1)) {
    const [first = '', second = ''] = line.split(' ');
    if (first === 'copy') wasAlone = false;
    else if (first === 'sig') signals.push(second);
    else if (first === 'exit') exitCode = Number(second);
    else if (first !== 'alone') taken.push(second.startsWith('!') ? 0 : Number(second));
  }
  return {
    run: name.slice(0, dot),
    pid: Number(name.slice(dot + 1)),
    bornAtMs: statSync(path).birthtimeMs,
    wasAlone,
    taken,
    signals,
    exitCode,
  };
}
