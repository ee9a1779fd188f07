/**
 * The hand on one process's runs: gives birth, stops, adopts, as the supervisor decided, and passes on what the kernel
 * tells of the run as events. It decides nothing.
 */
import type { RunId } from '../../protocol/ids';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { Supervised } from '../core/supervisor-state';
import type { Obstacle, SupervisorEffect, SupervisorEvent } from '../core/supervisor-words';
import { removePidFile, writePidFile } from '../process/pid-file';
import type { Begun } from '../process/begun';
import { Run } from '../process/run';
import type { ProcessDirectory } from '../store/data-directory';
import type { RunDirectory } from '../store/run-directory';
import { Standby } from './standby';
import { wantedOf, type KeeperSurroundings } from './surroundings';

const WHAT_TO_DO = 'without it nothing is born, because it might be born twice; make room there, or make it writable';

/** Whom the hand of a process speaks with. */
export interface HandTalk {
  /** What is told of a run. */
  readonly hear: (event: SupervisorEvent) => void;
  /** What went wrong beside it. */
  readonly warn: (trouble: string) => void;
  /** Why the process's record is not on the disk; null = it is. */
  readonly unwritten: () => string | null;
  /** It is still wanted: nobody asked it to stop since it was to be born. */
  readonly isToRun: () => boolean;
}

export class RunHand {
  #run: Run | null = null;
  readonly #standby: Standby;

  constructor(
    private readonly directory: ProcessDirectory,
    private readonly around: KeeperSurroundings,
    private readonly talk: HandTalk,
  ) {
    this.#standby = new Standby(around);
  }

  /** The living run; null = none. */
  get run(): Run | null {
    return this.#run;
  }

  /** Does what an effect asks of a run; the rest of it is told, not done. */
  perform(effect: SupervisorEffect, spec: ProcessSpec): void {
    switch (effect.kind) {
      case 'spawn':
        return this.#spawn(effect.run, spec);
      case 'stopTree':
        return this.#run?.stop(effect.signal);
      case 'killTree':
        return this.#run?.stop(null);
      case 'runStarted':
        this.#standby.prepare(wantedOf(spec, this.around));
        return this.#notePid(effect.identity.pid, spec);
      default:
        return undefined;
    }
  }

  #spawn(run: RunId, spec: ProcessSpec): void {
    const directory = this.directory.runDirectory(run);
    const born = this.#newRun(directory);
    this.#run = born;
    this.around.births.put(() => {
      // Killed now, this launcher would be followed by one that has never heard of the run, and starts another beside it.
      const unwritten = this.talk.unwritten();
      if (unwritten !== null) return this.#unborn(directory, `${unwritten}; ${WHAT_TO_DO}`, 'passing');
      // The line may be long, and a lease may have ended meanwhile.
      if (!this.talk.isToRun()) return this.#unborn(directory, 'it was not born yet', 'passing');
      const wanted = wantedOf(spec, this.around);
      born.begin(wanted, this.#standby.take(wanted));
    });
  }

  /** Takes over the run that an earlier launcher was ended beside, and goes on with what was being done to it. */
  adopt(directory: RunDirectory, { state, spec }: Supervised): void {
    const run = this.#newRun(directory);
    this.#run = run;
    // It ended by itself, and what it left was cleared away: that was not its end.
    const isClearing = state.kind === 'stopping' && state.exit !== null && state.exit.atMs <= state.sinceMs;
    run.adopt(
      state.kind === 'running' ? state.identity : state.kind === 'starting' ? 'unknown' : 'born',
      isClearing ? state.exit : null,
    );
    if (state.kind === 'stopping')
      run.stop(state.killed ? null : (state.signal ?? spec.stop.signal), isClearing ? null : state.sinceMs);
    // What could not be ended is watched until it is gone.
    if (state.kind === 'failed') run.stop(null);
  }

  /** Goes on with one that was begun without it. */
  takeOver(directory: RunDirectory, begun: Begun): void {
    const run = this.#newRun(directory);
    this.#run = run;
    run.takeOver(begun);
  }

  #newRun(directory: RunDirectory): Run {
    const { run } = directory;
    return new Run(directory, this.around, {
      spawned: (identity, held) => {
        for (const sentence of held?.unenforced ?? []) this.talk.warn(`not enforced: ${sentence}`);
        this.talk.hear({
          kind: 'spawned',
          run,
          identity,
          unenforced: held?.unenforced ?? null,
          isolation: held?.isolation ?? null,
        });
      },
      held: ({ isolation, unenforced }) => {
        for (const sentence of unenforced) this.talk.warn(`not enforced: ${sentence}`);
        this.talk.hear({ kind: 'held', run, isolation, unenforced });
      },
      spawnFailed: (why, obstacle) => this.#unborn(directory, why, obstacle),
      ended: (exit, remains) => this.talk.hear({ kind: 'ended', run, exit, remains }),
      rebooted: (exit) => this.talk.hear({ kind: 'rebooted', run, exit }),
      treeGone: (exit, certificate) => this.talk.hear({ kind: 'treeGone', run, exit, certificate }),
      treeLeft: (certificate) => this.talk.hear({ kind: 'treeLeft', run, certificate }),
    });
  }

  #unborn(directory: RunDirectory, why: string, obstacle: Obstacle): void {
    const { run } = directory;
    // What stands before the program (setpriv, a shell) has said why in its place. Nobody else reads it.
    const said = directory.saidFirst;
    directory.remove();
    if (this.#run?.id === run) this.#run = null;
    this.talk.hear({ kind: 'spawnFailed', run, why: said === '' ? why : `${why}: ${said}`, obstacle });
  }

  /** What a pid file is relative to. A container's directory is one inside. */
  #workingDir({ workingDir, container }: ProcessSpec): string {
    return container === undefined ? (workingDir ?? this.around.workingDir) : this.around.workingDir;
  }

  #notePid(pid: number, spec: ProcessSpec): void {
    if (spec.pidFile === null) return;
    const trouble = writePidFile(spec.pidFile, this.#workingDir(spec), pid);
    if (trouble !== null) this.talk.warn(trouble);
  }

  /** The run is over. */
  ended(directory: RunDirectory, spec: ProcessSpec): void {
    const { pidFile } = spec;
    const leader = pidFile === null ? undefined : directory.readBirth()?.child.pid;
    if (pidFile !== null && leader !== undefined) removePidFile(pidFile, this.#workingDir(spec), leader);
    if (this.#run?.id === directory.run) this.#run = null;
  }

  /** No run is to follow soon: nothing need be ready for it. */
  rest(): void {
    this.#standby.drop();
  }

  /** Lets go: the launcher ends, the process goes on. */
  release(): void {
    this.#standby.drop();
    this.#run?.release();
  }
}
