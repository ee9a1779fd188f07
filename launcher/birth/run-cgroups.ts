/** The cgroups of one run that hold its limits: made before its birth, joined by the child itself, removed after its tree. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunId } from '../../protocol/ids';
import type { Controller, LimitPlan } from '../core/limit-plan';
import type { ControllerPlace, ControllerPlaces } from './controllers';
import { cgroupOf, type Machine } from '../process/machine';
import { removeCgroup } from '../tree/tree-cgroup';

/** A share of this long is given out anew each time. The kernel's default, and the least that it takes is 1 ms of it. */
const PERIOD_US = 100_000;
const QUOTA_US_MIN = 1_000;

interface Setting {
  readonly file: string;
  readonly value: string;
  /** Not every kernel has it, and without it the limit still holds for memory that is not swapped. */
  readonly optional?: true;
}

type Limits = LimitPlan['cgroup'];

const SETTINGS: Readonly<Record<Controller, (limits: Limits, version: 1 | 2) => readonly Setting[]>> = {
  memory: ({ memoryBytes }, version) =>
    memoryBytes === undefined
      ? []
      : version === 2
        ? [
            { file: 'memory.max', value: String(memoryBytes) },
            { file: 'memory.swap.max', value: '0', optional: true },
          ]
        : [
            { file: 'memory.limit_in_bytes', value: String(memoryBytes) },
            { file: 'memory.memsw.limit_in_bytes', value: String(memoryBytes), optional: true },
          ],
  cpu: ({ cpuCores }, version) => {
    if (cpuCores === undefined) return [];
    const quota = String(Math.max(QUOTA_US_MIN, Math.round(cpuCores * PERIOD_US)));
    return version === 2
      ? [{ file: 'cpu.max', value: `${quota} ${PERIOD_US}` }]
      : [
          { file: 'cpu.cfs_period_us', value: String(PERIOD_US) },
          { file: 'cpu.cfs_quota_us', value: quota },
        ];
  },
  pids: ({ pids }) => (pids === undefined ? [] : [{ file: 'pids.max', value: String(pids) }]),
};

/** What the kernel's memory killer did in a run's cgroups. */
export interface CountedKills {
  readonly kills: number;
  /** Null = no limit. */
  readonly limitBytes: number | null;
}

export class RunCgroups {
  private constructor(
    /** The one that keeps the tree together; null = none, or it is made after the birth. */
    readonly ofTree: string | null,
    /** Those that hold limits alone: version 1, a directory per controller. */
    readonly ofLimits: readonly string[],
  ) {}

  /** Makes what the limits need. Throws a sentence, with the code of the system's error. */
  static make(run: RunId, limits: Limits, machine: Machine): RunCgroups {
    if (Object.keys(limits).length === 0) return new RunCgroups(null, []);
    const made = makeLimited(run, limits, machine.controllers());
    const ofTree = made.find(({ version }) => version === 2)?.path ?? cgroupOf(machine, run);
    // The child is on its way into cgroups anyhow: then it is whole from the beginning, and no bomb outruns the sweep.
    if (ofTree !== null) mkdirSync(ofTree, { recursive: true });
    return new RunCgroups(
      ofTree,
      made.filter(({ version }) => version === 1).map(({ path }) => path),
    );
  }

  static adopted(ofTree: string | null, ofLimits: readonly string[]): RunCgroups {
    return new RunCgroups(ofTree, ofLimits);
  }

  /** The files by which the child joins them. */
  get joins(): readonly string[] {
    return this.#all.map((path) => join(path, 'cgroup.procs'));
  }

  get #all(): readonly string[] {
    return this.ofTree === null ? this.ofLimits : [...this.ofLimits, this.ofTree];
  }

  /** As the kernel counted them, also for a launcher that adopted the run; null = it does not count here. */
  countedKills(): CountedKills | null {
    return this.#all.map(countedKillsIn).find((counted) => counted !== null) ?? null;
  }

  /** After the tree was verified gone; the tree's own goes with the tree. Off the way of a restart. */
  remove(): void {
    if (this.ofLimits.length > 0) setImmediate(() => this.ofLimits.forEach(removeCgroup));
  }
}

interface Made {
  readonly path: string;
  readonly version: 1 | 2;
}

function makeLimited(run: RunId, limits: Limits, places: ControllerPlaces): readonly Made[] {
  const made: Made[] = [];
  const make = ({ base, version }: ControllerPlace): string => {
    const path = join(base, `procguard.${run}`);
    mkdirSync(path, { recursive: true });
    if (!made.some((other) => other.path === path)) made.push({ path, version });
    return path;
  };
  for (const [controller, place] of places) {
    const settings = SETTINGS[controller](limits, place.version);
    if (settings.length === 0) continue;
    try {
      const path = make(place);
      for (const setting of settings) write(path, setting);
    } catch (error) {
      for (const { path } of made) removeCgroup(path);
      const { code, message } = error as NodeJS.ErrnoException;
      const sentence = `limits.${controller} could not be set in a cgroup below ${place.base}: ${message}`;
      throw Object.assign(new Error(sentence, { cause: error }), { code });
    }
  }
  return made;
}

function write(path: string, { file, value, optional }: Setting): void {
  try {
    writeFileSync(join(path, file), value, { flag: 'r+' });
  } catch (error) {
    if (optional !== true) throw error;
  }
}

function countedKillsIn(path: string): CountedKills | null {
  // Version 2 counts the cgroups below it too; then version 1.
  const counted =
    /^oom_kill (\d+)$/m.exec(readText(join(path, 'memory.events'))) ??
    /^oom_kill (\d+)$/m.exec(readText(join(path, 'memory.oom_control')));
  if (counted === null) return null;
  const limit = Number(readText(join(path, 'memory.max')) || readText(join(path, 'memory.limit_in_bytes')) || NaN);
  // Version 1 writes "no limit" as the largest number there is, version 2 as the word max.
  return { kills: Number(counted[1]), limitBytes: limit < 2 ** 60 ? limit : null };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
