/**
 * Sprints: what attempts of jobs are in their first moments, where nothing but their end is to be known of them. Most of those
 * that come by the hundred are over in a moment and say nothing. A keeper for each, with a record, a place among the runs, a
 * tree and a watch of its output, would be most of what they cost.
 *
 * A sprint is one line of the journal, an order to a shim that waits, and a look at what is left. What it wrote is shipped
 * from a file of its own (sprint-outputs.ts). Whatever is not over in a moment, writes much, leaves somebody behind, is
 * killed, or is asked to stop, is made a run like every other and goes on. Of one whose launcher was killed, the next
 * launcher makes one (left-sprints.ts).
 */
import { mkdirSync } from 'node:fs';
import type { Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { AttemptId } from '../../protocol/jobs';
import type { RunWord } from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import { hasSecrets } from '../../protocol/sealed-env';
import { birthOf, obstacleTo } from '../birth/birth';
import type { ServingShim } from '../birth/serving-shim';
import type { ShimPool } from '../birth/shim-pool';
import type { Birth } from '../birth/wanted';
import type { AttemptBooks } from '../jobs/attempt-books';
import { hasDevices } from '../jobs/attempt-spec';
import { RunIds } from '../keeper/run-ids';
import type { Keepers } from '../keeper/keepers';
import { wantedOf, type BirthPlace, type KeeperSurroundings } from '../keeper/surroundings';
import { Lane } from './lane';
import { Sprint } from './sprint';
import { SPRINT_OUTPUT_BYTES_MAX, type SprintOutputs } from './sprint-outputs';

export interface SprintOver {
  readonly attempt: AttemptId;
  readonly run: RunId;
  readonly pid: number;
  readonly exit: Exit;
  readonly outputBytes: number;
  readonly held: Pick<Birth, 'isolation' | 'unenforced'>;
}

export interface SprintsParty {
  readonly over: (end: SprintOver) => void;
  /** It is to be born like every other: as a sprint it was not. */
  readonly unborn: (attempt: AttemptId, spec: ProcessSpec) => void;
  /** It has a keeper from here on. */
  readonly lasting: (attempt: AttemptId) => void;
}

export interface SprintsSurroundings {
  /** Where they have their places. */
  readonly directory: string;
  readonly keeping: BirthPlace & Pick<KeeperSurroundings, 'machine' | 'clock' | 'log'>;
  readonly shims: ShimPool;
  readonly books: AttemptBooks;
  readonly outputs: SprintOutputs;
  readonly keepers: () => Keepers;
}

export class Sprints {
  readonly #byAttempt = new Map<AttemptId, Sprint>();
  readonly #lanes = new WeakMap<ServingShim, Lane>();
  readonly #ids = new RunIds();
  readonly #settled: (() => void)[] = [];

  constructor(
    private readonly around: SprintsSurroundings,
    private readonly party: SprintsParty,
  ) {
    mkdirSync(around.directory, { recursive: true, mode: 0o700 });
  }

  /** False = it is to be born like every other. */
  begin(word: RunWord, spec: ProcessSpec): boolean {
    if (!isSprint(word, spec)) return false;
    const { keeping, shims, books } = this.around;
    const birth = birthFor(spec, keeping);
    const shim = birth === null ? null : shims.lend(birth);
    if (birth === null || shim === null) return false;
    const lane = this.#laneOf(shim);
    const run = this.#ids.next(keeping.clock.now());
    this.#ids.seen(run);
    const sprint = new Sprint(word.attempt, spec, run, birth, lane, keeping.clock, {
      over: (ended, exit) => this.#over(ended, exit),
      unborn: (ended) => this.#unborn(ended),
      lasting: (lasting) => this.#lasting(lasting),
    });
    let place: string;
    try {
      place = lane.take(sprint);
    } catch {
      return false; // a full disk, or no descriptor is left: the birth like every other says so
    }
    books.note({ kind: 'sprint', attempt: word.attempt, run, place, spec });
    if (books.isBehind) {
      // Killed now, this launcher would be followed by one that does not know whose the place is.
      this.#rest(sprint);
      return false;
    }
    try {
      sprint.begin();
    } catch {
      this.#rest(sprint);
      return false;
    }
    sprint.memoryKills = keeping.machine.memoryKills.lately();
    this.#byAttempt.set(word.attempt, sprint);
    return true;
  }

  #laneOf(shim: ServingShim): Lane {
    let lane = this.#lanes.get(shim);
    if (lane === undefined) this.#lanes.set(shim, (lane = new Lane(shim, this.around.directory)));
    return lane;
  }

  #over(sprint: Sprint, exit: Exit): void {
    const { attempt, run, child, birth } = sprint;
    const outputBytes = this.#setAside(sprint);
    if (outputBytes === null) return this.#lasting(sprint);
    this.#rest(sprint);
    if (child !== null) this.party.over({ attempt, run, pid: child.pid, exit, outputBytes, held: birth });
  }

  /** What it wrote is shipped from now on. @returns how much that is; null = it is a run's like every other */
  #setAside({ spec, run, lane }: Sprint): number | null {
    const { outputs, books } = this.around;
    const { outputBytes } = lane;
    if (outputBytes === 0 || outputBytes === null) return outputBytes;
    if (outputBytes > SPRINT_OUTPUT_BYTES_MAX || books.isBehind) return null;
    try {
      outputs.keep({ process: spec.name, run }, outputBytes, (file) => lane.takeOutput(file));
    } catch {
      return null; // a full disk
    }
    return outputBytes;
  }

  #unborn(sprint: Sprint): void {
    const { isClear, outputBytes } = sprint.lane;
    if (!isClear || outputBytes !== 0) return this.#lasting(sprint);
    this.#rest(sprint);
    this.party.unborn(sprint.attempt, sprint.spec);
  }

  /** Its shim waits for the next one. */
  #rest(sprint: Sprint): void {
    const { lane } = sprint;
    sprint.release();
    this.#forget(sprint);
    lane.giveBack();
    this.around.shims.rest(lane.shim);
  }

  #lasting(sprint: Sprint): void {
    const { attempt, run, spec, birth, lane, child, status, memoryKills } = sprint;
    const { shim } = lane;
    // Its birth is told by its record alone, and whoever keeps it waits for a word.
    if (child === null && !sprint.isShimGone) return this.#awaitBirth(sprint);
    try {
      this.around.keepers().takeOver(spec, {
        run,
        birth,
        child,
        status,
        memoryKills,
        shim: { cgroup: shim.cgroup, done: () => this.around.shims.serveOn(shim) },
        settle: (path) => lane.settle(path),
      });
    } catch (error) {
      const trouble = (error as Error).message;
      this.around.keeping.log('warn', `attempt ${attempt} runs, and cannot be kept (${trouble}); trying every second`);
      return sprint.lookAfter(AGAIN_MS);
    }
    sprint.release();
    this.#forget(sprint);
    this.party.lasting(attempt);
  }

  /** Somebody may have stopped its shim (SIGSTOP): that is ended, and then it is known whether anybody was born. */
  #awaitBirth(sprint: Sprint): void {
    const { ageMs, lane } = sprint;
    if (ageMs > BORN_LATE_MS) lane.shim.kill();
    sprint.lookAfter(Math.max(BORN_SOON_MS, ageMs / 10));
  }

  /** Something is wanted of it: it is made a run like every other. Nothing is done where it is none. */
  settle(attempt: AttemptId): void {
    const sprint = this.#byAttempt.get(attempt);
    if (sprint !== undefined) this.#lasting(sprint);
  }

  /** Resolves when that is done with all of them. */
  settleAll(): Promise<void> {
    for (const sprint of [...this.#byAttempt.values()]) this.#lasting(sprint);
    return this.#byAttempt.size === 0 ? Promise.resolve() : new Promise((done) => this.#settled.push(done));
  }

  #forget({ attempt }: Sprint): void {
    this.#byAttempt.delete(attempt);
    if (this.#byAttempt.size === 0) for (const done of this.#settled.splice(0)) done();
  }

  /** Lets go: the launcher ends, and the next one finds them. */
  release(): void {
    for (const sprint of this.#byAttempt.values()) sprint.release();
  }
}

/** Nothing of it is to be watched, kept, made or told but its end. */
function isSprint({ progress, runMs }: RunWord, spec: ProcessSpec): boolean {
  return (
    progress === null &&
    (runMs === null || runMs >= RUN_MS_LEAST) &&
    spec.container === undefined &&
    spec.workDir === undefined &&
    spec.stdin.kind === 'none' &&
    spec.output === 'merged' &&
    spec.ready === null &&
    spec.alive.length === 0 &&
    spec.healthCheck === null &&
    spec.pidFile === null &&
    !hasDevices(spec) &&
    !hasSecrets(spec)
  );
}

const RUN_MS_LEAST = 1_000;
const BORN_SOON_MS = 5;
const BORN_LATE_MS = 15_000;
/** Where the disk refuses it the place of a run. */
const AGAIN_MS = 1_000;

/** Null = a birth like every other is to say what is wrong, or it has limits of its own. */
function birthFor(spec: ProcessSpec, keeping: SprintsSurroundings['keeping']): Birth | null {
  try {
    const birth = birthOf(wantedOf(spec, keeping), keeping.machine);
    return Object.keys(birth.cgroup).length === 0 && obstacleTo(birth) === null ? birth : null;
  } catch {
    return null;
  }
}
