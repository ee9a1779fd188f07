/**
 * What every running process and the machine use, for the beats.
 *
 * Costs are bounded whatever runs here: the process table is read once for all runs, at most so often that it takes a
 * hundredth of one core; a beat carries only what changed since it was last told, and everything again now and then,
 * because a beat may be lost. So a thousand quiet processes cost a thousand stat files every two seconds and almost no
 * words.
 */
import type { ProcessName } from '../../protocol/ids';
import type { Beat, ProcessUsage } from '../../protocol/link';
import type { Clock } from '../clock';
import type { ProcessIndex } from '../tree/process-index';
import type { Run } from '../process/run';
import { Census, type CountedTree } from './census';
import { TreeFigures, type Figures } from './figures';
import type { GpuWatch } from './gpu';
import { machineSampler } from './machine';
import { psFigures } from './ps-figures';

export interface Sampled {
  readonly name: ProcessName;
  readonly run: Run;
  readonly healthy: boolean | null;
  readonly healthError: string | null;
  readonly warnings: readonly string[];
}

/** A look may take this share of one core. */
const COST_SHARE = 0.01;
/** However busy the machine is, figures are no older than this. */
const LOOK_AGE_MAX_MS = 5_000;
/** Everything is told again after this long. */
const TOLD_AGAIN_MS = 15_000;

export class UsageSampler {
  readonly #census = new Census();
  readonly #figures = new Map<string, TreeFigures>();
  readonly #told = new Map<
    ProcessName,
    { readonly usage: ProcessUsage; readonly text: string; readonly atMs: number }
  >();
  readonly #measureMachine: ReturnType<typeof machineSampler>;
  #nextLookMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly gpus: GpuWatch,
    /** Null = this machine has no /proc. */
    private readonly index: ProcessIndex | null,
    dataPath: string,
  ) {
    this.#measureMachine = machineSampler(dataPath);
  }

  async beat(running: readonly Sampled[]): Promise<Beat> {
    const nowMs = this.clock.now();
    const names = new Set(running.map(({ name }) => name));
    const gone = [...this.#told.keys()].filter((name) => !names.has(name));
    for (const name of gone) this.#told.delete(name);
    const figures = nowMs < this.#nextLookMs ? this.#asBefore(running) : await this.#look(running, nowMs);
    const usage = this.#news(figures, nowMs);
    // Last: the manager counts the age of what was seen from when it is told.
    const { trouble: gpuTrouble, ageMs: gpusAgeMs } = this.gpus;
    const machine = { ...this.#measureMachine(), gpus: devices(this.gpus), gpuTrouble, gpusAgeMs };
    return { atMs: nowMs, machine, usage, gone };
  }

  /** The manager begins anew: it is told everything. */
  forget(): void {
    this.#told.clear();
    this.#nextLookMs = 0;
  }

  #news(all: readonly ProcessUsage[], nowMs: number): ProcessUsage[] {
    return all.filter((usage) => {
      const told = this.#told.get(usage.name);
      const text = JSON.stringify(usage);
      if (told?.text === text && nowMs - told.atMs < TOLD_AGAIN_MS) return false;
      this.#told.set(usage.name, { usage, text, atMs: nowMs });
      return true;
    });
  }

  /** No look is due, but what probes say waits for none. */
  #asBefore(running: readonly Sampled[]): ProcessUsage[] {
    return running.flatMap(({ name, run, healthy, healthError, warnings }) => {
      const before = this.#told.get(name)?.usage;
      return before?.run === run.id ? [{ ...before, healthy, healthError, warnings: [...warnings] }] : [];
    });
  }

  async #look(running: readonly Sampled[], nowMs: number): Promise<ProcessUsage[]> {
    const known = new Set(running.map(({ run }) => run.id as string));
    for (const run of this.#figures.keys()) if (!known.has(run)) this.#figures.delete(run);
    if (this.index === null) return Promise.all(running.map((sampled) => this.#fromPs(sampled)));
    const table = await this.index.fresh();
    const trees = this.#census.count(
      table,
      running.flatMap(({ run }) => (run.leader === null ? [] : [run])),
    );
    const all = running.flatMap((sampled) => {
      const tree = trees.get(sampled.run.id);
      return tree === undefined ? [] : [this.#fromProc(sampled, tree, nowMs)];
    });
    const tookMs = performance.now() - table.lookedAtMs;
    this.#nextLookMs = nowMs + Math.min(LOOK_AGE_MAX_MS, tookMs / COST_SHARE);
    return all;
  }

  #fromProc(sampled: Sampled, tree: CountedTree, nowMs: number): ProcessUsage {
    const { id } = sampled.run;
    let figures = this.#figures.get(id);
    if (figures === undefined) this.#figures.set(id, (figures = new TreeFigures()));
    const pids = new Set(tree.members.map(({ pid }) => pid));
    const zombie =
      tree.leader === 'dead-unreaped'
        ? ('dead-unreaped' as const)
        : tree.leader === 'gone' && pids.size > 0
          ? ('leader-gone' as const)
          : null;
    return usageOf(sampled, figures.look(tree.members, nowMs), pids.size, zombie, this.gpus.sharesOf(pids));
  }

  async #fromPs(sampled: Sampled): Promise<ProcessUsage> {
    const pids = (await sampled.run.members()).map(({ pid }) => pid);
    const deep = { pssBytes: null, readBytesPerSecond: null, writeBytesPerSecond: null, openFiles: null };
    return usageOf(sampled, { ...(await psFigures(pids)), ...deep }, pids.length, null, []);
  }
}

const devices = ({ devices }: GpuWatch) => (devices === null ? null : [...devices]);

const usageOf = (
  { name, run, healthy, healthError, warnings }: Sampled,
  figures: Figures,
  processes: number,
  zombie: ProcessUsage['zombie'],
  gpus: ProcessUsage['gpus'],
): ProcessUsage => ({
  name,
  run: run.id,
  ...figures,
  gpus,
  processes,
  zombie,
  healthy,
  healthError,
  warnings: [...warnings],
});
