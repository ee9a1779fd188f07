/** The probes of one process: made when a run is up, also one that is adopted, and released when it is not any more. */
import type { RunId } from '../../protocol/ids';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { Supervised } from '../core/supervisor-state';
import type { SupervisorEvent } from '../core/supervisor-words';
import { NOT_TRIED, type Health } from '../probes/health';
import type { ProbedRun } from '../probes/probed-run';
import { startProbes, type Probes } from '../probes/probes';
import { besideRun } from '../birth/beside';
import type { Machine } from '../process/machine';
import type { Run } from '../process/run';
import { treeIn } from '../tree/tree-in-table';
import { wantedOf, type KeeperSurroundings } from './surroundings';

export class ProbeWatch {
  #watched: { readonly run: RunId; readonly probes: Probes } | null = null;
  #adopted: RunId | null = null;

  constructor(
    private readonly around: KeeperSurroundings,
    private readonly hear: (event: SupervisorEvent) => void,
  ) {}

  get warnings(): readonly string[] {
    return this.#watched?.probes.warnings ?? [];
  }

  get health(): Health {
    return this.#watched?.probes.health ?? NOT_TRIED;
  }

  /** An earlier launcher gave birth to this run. */
  adopts(run: RunId): void {
    this.#adopted = run;
  }

  /** After every change. */
  follow({ state, spec }: Supervised, run: Run | null): void {
    const up = state.kind === 'running' && run !== null ? run : null;
    if (this.#watched?.run === up?.id) return;
    this.release();
    if (state.kind !== 'running' || up === null || !asksAnything(spec)) return;
    const probed = this.#probedRun(up, spec, { upSinceMs: state.sinceMs, isReady: state.readyAtMs !== null });
    const probes = startProbes(spec, probed, this.around.clock, {
      ready: () => this.hear({ kind: 'ready', run: up.id }),
      unwell: (verdict) => this.hear({ kind: 'unwell', run: up.id, ...verdict }),
    });
    this.#watched = { run: up.id, probes };
  }

  #probedRun(run: Run, spec: ProcessSpec, how: Pick<ProbedRun, 'upSinceMs' | 'isReady'>): ProbedRun {
    const { machine } = this.around;
    return {
      ...how,
      isAdopted: this.#adopted === run.id,
      outputs: spec.output === 'split' ? [run.directory.output, run.directory.errors] : [run.directory.output],
      commandOf: (line) => besideRun(wantedOf(spec, this.around), machine, line),
      cpuTime: () => cpuTicksOf(run, machine),
    };
  }

  release(): void {
    this.#watched?.probes.release();
    this.#watched = null;
  }
}

const asksAnything = ({ ready, alive, healthCheck }: ProcessSpec): boolean =>
  ready !== null || alive.length > 0 || healthCheck !== null;

/** Of all that live in its tree; looks of many that ask together are one. */
async function cpuTicksOf({ root }: Run, { treeKind, index }: Machine): Promise<number | null> {
  if (treeKind === 'pid-list') return null;
  const members = treeIn(await index.fresh(), root, new Map(), true);
  return members.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
}
