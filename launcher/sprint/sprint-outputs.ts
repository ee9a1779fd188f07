/**
 * What sprints wrote, until the manager has it. A file is all that is left of such a run, named `<process>.<run>`: it is shipped
 * as the output of every run that is over, and goes when the manager has the end and every byte. What a killed launcher left
 * here is shipped by the next one.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessName, RunId } from '../../protocol/ids';
import { attemptOfProcess, type AttemptId } from '../../protocol/jobs';
import { discardOutput, outputOfAccount } from '../output/account';
import { outputLength } from '../output/output-length';
import type { EndedOutput } from '../output/shipper';

/** More makes a run like every other: that has room to write down what of it is given up on a full disk. */
export const SPRINT_OUTPUT_BYTES_MAX = 64 * 1024;

interface Kept {
  readonly file: string;
  shipped: boolean;
  acknowledged: boolean;
}

type Of = Pick<EndedOutput, 'process' | 'run'>;

export interface SprintOutputsParty {
  readonly ship: (output: EndedOutput) => void;
  /** One of them is gone. */
  readonly left: () => void;
}

export class SprintOutputs {
  readonly #kept = new Map<RunId, Kept>();

  constructor(
    private readonly directory: string,
    private readonly party: SprintOutputsParty,
  ) {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    } catch {
      // A full disk: nothing is kept here, and each that writes is a run like every other.
    }
  }

  /** Nothing is kept. */
  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  /** @param move puts it there. Throws what that throws: then nothing is kept of it */
  keep(of: Of, bytes: number, move: (file: string) => void): void {
    const file = sprintOutputFile(this.directory, of);
    move(file);
    this.#ship(of, { file, shipped: false, acknowledged: false }, bytes);
  }

  /** What an earlier launcher left. @param isHeld its end is not known to the manager */
  open(isHeld: (attempt: AttemptId) => boolean): void {
    const names = existsSync(this.directory) ? readdirSync(this.directory) : [];
    for (const name of new Set(names.map(outputOfAccount))) {
      const of = parsed(name);
      if (of === null) continue;
      const file = join(this.directory, name);
      this.#ship(of, { file, shipped: false, acknowledged: !isHeld(attemptOfProcess(of.process)) }, outputLength(file));
    }
  }

  #ship({ process, run }: Of, kept: Kept, bytes: number): void {
    this.#kept.set(run, kept);
    this.party.ship({ process, run, file: kept.file, bytes });
  }

  /** The manager has every byte of it, or wants none. */
  shipped(run: RunId): void {
    this.#settle(run, 'shipped');
  }

  /** The manager has its end, and says nothing of it again. */
  acknowledged(run: RunId): void {
    this.#settle(run, 'acknowledged');
  }

  #settle(run: RunId, what: 'shipped' | 'acknowledged'): void {
    const kept = this.#kept.get(run);
    if (kept === undefined) return;
    kept[what] = true;
    if (!kept.shipped || !kept.acknowledged) return;
    this.#kept.delete(run);
    discardOutput(kept.file);
    this.party.left();
  }
}

export const sprintOutputFile = (directory: string, { process, run }: Of): string =>
  join(directory, `${process}.${run}`);

function parsed(name: string): Of | null {
  const at = name.lastIndexOf('.');
  const { data: process } = ProcessName.safeParse(name.slice(0, at));
  const { data: run } = RunId.safeParse(name.slice(at + 1));
  return process === undefined || run === undefined ? null : { process, run };
}
