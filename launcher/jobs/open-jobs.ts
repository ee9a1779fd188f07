/**
 * The jobs of this launcher: the desk, and keepers for the attempts' processes. These have a directory of their own
 * (`jobs/`), so that no name of theirs is anybody else's, and what is told of them goes to the desk and not to the manager.
 */
import { statfsSync } from 'node:fs';
import type { ProcessName, RunId } from '../../protocol/ids';
import type { AttemptId } from '../../protocol/jobs';
import type { LauncherFact, RenewMessage } from '../../protocol/link';
import { ShimPool } from '../birth/shim-pool';
import { commonEnvironment } from '../core/child-environment';
import { Keepers, type KeepersSurroundings } from '../keeper/keepers';
import type { Log } from '../logging';
import { ShimCgroups } from '../tree/shim-cgroup';
import type { Slots } from '../slots';
import type { EndedOutput } from '../output/shipper';
import { keepLeftSprints } from '../sprint/left-sprints';
import { SprintOutputs } from '../sprint/sprint-outputs';
import { Sprints } from '../sprint/sprints';
import type { OwnCommands, StopAllResults } from '../stop-all';
import type { DataDirectory } from '../store/data-directory';
import { AttemptBooks } from './attempt-books';
import { hasDevices } from './attempt-spec';
import { bootClock } from './boot-clock';
import { JobDesk } from './job-desk';
import { sweepLeftDirectories } from './left-directories';

export interface Jobs {
  readonly desk: JobDesk;
  readonly keepers: Keepers;
  /** Nothing is held, and nothing of it is on the disk: each end is known to the manager, and all output. */
  readonly isEmpty: boolean;
  /** Adopts what lives. */
  open(maySpawn: boolean): void;
  /** Ends all that runs, and is over when all of it is verified gone and written down. */
  stopAll(by: string): Promise<StopAllResults>;
  /** The manager has every byte of this run. */
  outputShipped(process: ProcessName, run: RunId): void;
  release(): void;
}

export interface JobsSurroundings {
  readonly keeping: KeepersSurroundings;
  readonly own: OwnCommands;
  readonly slots: Slots;
  /** False = there is no connection. */
  readonly renew: (message: RenewMessage) => boolean;
  /** Ships what is left of a run that is over. */
  readonly outputEnded: (output: EndedOutput) => void;
  /** One is begun. */
  readonly begun: () => void;
  /** Something of one is gone. */
  readonly left: () => void;
  /** One that had devices has ended. */
  readonly devicesLeft: () => void;
}

export function openJobs(data: DataDirectory, jobs: JobsSurroundings): Jobs {
  const { keeping, own, slots, renew, outputEnded, begun, left, devicesLeft } = jobs;
  const { log, tell, machine, cradles } = keeping;
  const books = new AttemptBooks(data.path, machine.bootId, log);
  keepLeftSprints(data, books.all, keeping.clock.now());
  const isHeld = (attempt: AttemptId): boolean => books.of(attempt) !== undefined;
  sweepLeftDirectories(data, { bootId: machine.bootId, isHeld });
  const about = { worker: keeping.worker, url: keeping.managerUrl };
  const environment = commonEnvironment(keeping.environment, about);
  const shims = new ShimPool(
    { script: keeping.shim, bootId: machine.bootId, environment },
    cradles,
    new ShimCgroups(machine.cgroupBase, data.path),
    machine.cgroupBase === null ? 0 : slots.total,
  );
  const outputs = new SprintOutputs(data.sprintOutputs, { ship: outputEnded, left });
  const desk = new JobDesk(() => keepers, {
    books,
    slots,
    clock: bootClock,
    bootId: machine.bootId,
    log,
    tell,
    renew,
    begun,
    left,
    outputs,
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(data.path);
      return bavail * bsize;
    },
    sprints: (party) =>
      new Sprints(
        {
          directory: data.sprints,
          keeping: { ...keeping, log: quieter(log) },
          shims,
          books,
          outputs,
          keepers: () => keepers,
        },
        party,
      ),
  });
  const keepers = new Keepers(data, {
    ...keeping,
    shims,
    role: 'job',
    // What must outlive a power cut of an attempt is in the journal of attempts.
    outlivesPowerCut: false,
    log: quieter(log),
    left,
    tell: (fact: LauncherFact) => {
      const ended = fact.kind === 'run.ended' ? keepers.find(fact.process) : null;
      if (ended !== null && hasDevices(ended.spec)) devicesLeft();
      if (!own.hear(fact)) desk.process(fact);
    },
  });
  return {
    desk,
    keepers,
    get isEmpty() {
      return keepers.isEmpty && outputs.isEmpty && desk.held.length === 0;
    },
    open: (maySpawn) => {
      keepers.open([], { maySpawn, isWholeFile: false });
      desk.opened();
      outputs.open(isHeld);
    },
    stopAll: async (by) => {
      const living = new Set(running(keepers));
      keepers.beginEnd();
      desk.cancelAll(by);
      // What has no keeper yet is not among those that are ended.
      await patiently(desk.settled());
      for (const name of running(keepers)) living.add(name);
      const results = await own.endAll(keepers, by);
      // On a full disk everything is ended all the same; what it ended as is then told by what the processes left.
      await patiently(desk.durable());
      return results.filter(({ process }) => living.has(process));
    },
    outputShipped: (process, run) => {
      keepers.outputShipped(process, run);
      outputs.shipped(run);
    },
    release: () => {
      desk.release();
      keepers.release();
      shims.release();
    },
  };
}

const running = ({ all }: Keepers): readonly string[] => all.filter(({ run }) => run !== null).map(({ name }) => name);

/** No longer than a disk that refuses is waited for. */
const patiently = (done: Promise<void>): Promise<void> =>
  Promise.race([done, new Promise<void>((over) => setTimeout(over, DISK_PATIENCE_MS).unref())]);

const DISK_PATIENCE_MS = 2_000;

/** There may be a hundred a second, and how each went is the manager's to show. */
const quieter =
  (log: Log): Log =>
  (level, message) =>
    log(level === 'info' ? 'debug' : level, message);
