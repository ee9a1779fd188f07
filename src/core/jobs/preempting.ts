/**
 * Who gives way. A queued job for which there is no room, and will be none when what is being stopped has ended, may stop
 * jobs that are at least PREEMPTION_GAP less urgent: as few as it needs, the least urgent and of those the newest. Their
 * places are used once their ends are verified; they go back to the queue with no retry spent. Nobody is stopped for
 * devices while those of a worker that could run the job are not known yet.
 *
 * Gangs neither stop others nor give way: half of one would be of no use to anybody. Workers that claim do so themselves.
 */
import type { WorkerId } from '../../../protocol/ids';
import type { AttemptId } from '../../../protocol/jobs';
import { PREEMPTION_GAP } from '../../../protocol/jobs';
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import { isDeviceAwaited, withoutDevices } from './devices';
import { isStarving, lookInOrder } from './matching';
import { notTaking, Room, unfit } from './room';
import type { Attempt, Job } from './rows';
import { inTrouble, keptFrom, type InTrouble } from './trouble';

export interface Preemption {
  readonly victim: Attempt;
  readonly by: Job;
}

export function preemptions(model: Model, settings: CoreSettings, nowMs: number): Preemption[] {
  // Every turn with somebody in the queue asks, and mostly all are as urgent: that is seen without a look at any worker.
  if (urgentestQueued(model) + PREEMPTION_GAP > (model.jobs.leastUrgentActive ?? -Infinity)) return [];
  const candidates = preemptible(model);
  if (candidates.size === 0) return [];
  const least = Math.max(...[...candidates.values()].flat().map(({ job }) => job.spec.priority));
  const found: Preemption[] = [];
  const scene = new Scene(model, settings, candidates, nowMs);
  lookInOrder(model, settings, nowMs, (job) => {
    if (job.spec.priority + PREEMPTION_GAP > least)
      return isStarving(job, settings, nowMs) ? 'no more like it' : 'enough';
    const victims = job.spec.needs.nodes > 1 ? null : scene.makeRoomFor(job);
    if (victims === null) return 'no more like it';
    for (const { attempt } of victims) found.push({ victim: attempt, by: job });
    return 'next';
  });
  return found;
}

function urgentestQueued({ jobs }: Model): number {
  let urgentest = Infinity;
  for (const line of jobs.queue.lines) urgentest = Math.min(urgentest, line.first?.spec.priority ?? Infinity);
  return urgentest;
}

interface Candidate {
  readonly attempt: Attempt;
  readonly job: Job;
}

/** By worker, those who would go first at the front. */
function preemptible(model: Model): Map<Worker, Candidate[]> {
  const found = new Map<Worker, Candidate[]>();
  for (const worker of model.workers.values()) {
    if (worker.type === 'claim' || notTaking(model, worker) !== null) continue;
    const here: Candidate[] = [];
    for (const attempt of model.jobs.on(worker.id)) {
      const job = model.jobs.job(attempt.job);
      if (job === null || attempt.stop !== null || !job.spec.preemptible || job.spec.needs.nodes > 1) continue;
      here.push({ attempt, job });
    }
    here.sort((a, b) => b.job.spec.priority - a.job.spec.priority || b.attempt.epoch - a.attempt.epoch);
    if (here.length > 0) found.set(worker, here);
  }
  return found;
}

/** The pool as it will be when everything that is asked to end has ended. */
class Scene {
  private readonly rooms = new Map<Worker, Room>();
  private readonly gone = new Set<AttemptId>();
  private readonly troubled: InTrouble;
  private readonly placed: { readonly worker: Worker; readonly job: Job }[] = [];

  constructor(
    private readonly model: Model,
    private readonly settings: CoreSettings,
    private readonly candidates: ReadonlyMap<Worker, readonly Candidate[]>,
    nowMs: number,
  ) {
    this.troubled = inTrouble(model, nowMs);
    for (const worker of model.workers.values())
      for (const { id, stop } of model.jobs.on(worker.id)) if (stop !== null) this.gone.add(id);
  }

  /** Empty = it will have room without. Null = nobody can make any, or it may have room as soon as more is known. */
  makeRoomFor(job: Job): readonly Candidate[] | null {
    const kept = keptFrom(this.model, job, this.settings, this.troubled);
    for (const worker of this.model.workers.values())
      if (
        worker.type !== 'claim' &&
        !kept.has(worker.id) &&
        notTaking(this.model, worker) === null &&
        this.takes(worker, this.roomOf(worker), job)
      )
        return [];
    if (job.spec.needs.gpus.count > 0 && this.awaitsDevices(job, kept)) return null;
    let best: { readonly worker: Worker; readonly victims: readonly Candidate[] } | null = null;
    for (const [worker, candidates] of this.candidates) {
      const victims = kept.has(worker.id) ? null : this.victimsOn(worker, candidates, job);
      if (victims !== null && (best === null || isBetter(victims, best.victims))) best = { worker, victims };
    }
    if (best === null) return null;
    for (const { attempt } of best.victims) this.gone.add(attempt.id);
    this.rooms.delete(best.worker);
    this.takes(best.worker, this.roomOf(best.worker), job);
    return best.victims;
  }

  /** After the manager's start a worker that was there is back in a moment, or found lost. */
  private awaitsDevices(job: Job, kept: ReadonlySet<WorkerId>): boolean {
    const rest = withoutDevices(job.spec.needs);
    for (const worker of this.model.workers.values())
      if (
        worker.presence.kind !== 'lost' &&
        !worker.isDraining &&
        !kept.has(worker.id) &&
        isDeviceAwaited(this.model, worker) &&
        unfit(this.model, worker, job.spec, this.settings) === null &&
        this.roomOf(worker).offer(rest) !== null
      )
        return true;
    return false;
  }

  private roomOf(worker: Worker): Room {
    let room = this.rooms.get(worker);
    if (room === undefined) {
      room = new Room(worker, this.model, this.settings, this.gone);
      for (const other of this.placed) if (other.worker === worker) takeWhatItCan(room, other.job);
      this.rooms.set(worker, room);
    }
    return room;
  }

  private takes(worker: Worker, room: Room, job: Job): boolean {
    if (unfit(this.model, worker, job.spec, this.settings) !== null || !takeWhatItCan(room, job)) return false;
    this.placed.push({ worker, job });
    return true;
  }

  /** One more at a time until there is room; then those that turned out to be needless stay. */
  private victimsOn(worker: Worker, candidates: readonly Candidate[], job: Job): readonly Candidate[] | null {
    if (unfit(this.model, worker, job.spec, this.settings) !== null) return null;
    const lesser = candidates.filter(
      ({ attempt, job: other }) =>
        !this.gone.has(attempt.id) && other.spec.priority - job.spec.priority >= PREEMPTION_GAP,
    );
    const fits = (victims: readonly Candidate[]): boolean => {
      const gone = new Set([...this.gone, ...victims.map(({ attempt }) => attempt.id)]);
      const room = new Room(worker, this.model, this.settings, gone);
      for (const other of this.placed) if (other.worker === worker) takeWhatItCan(room, other.job);
      return room.offer(job.spec.needs) !== null;
    };
    const enough = lesser.findIndex((_, at) => fits(lesser.slice(0, at + 1)));
    if (enough < 0) return null;
    let victims = lesser.slice(0, enough + 1);
    for (const one of lesser.slice(0, enough)) {
      const without = victims.filter((victim) => victim !== one);
      if (fits(without)) victims = without;
    }
    return victims;
  }
}

function takeWhatItCan(room: Room, { spec: { needs } }: Job): boolean {
  const gpus = room.offer(needs);
  if (gpus === null) return false;
  room.take(needs, gpus);
  return true;
}

/** Fewer; then the less urgent. */
const isBetter = (a: readonly Candidate[], b: readonly Candidate[]): boolean =>
  a.length < b.length || (a.length === b.length && leastOf(a) > leastOf(b));
const leastOf = (victims: readonly Candidate[]): number => Math.min(...victims.map(({ job }) => job.spec.priority));
