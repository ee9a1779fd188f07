/**
 * Which job goes where next. Lines of equal jobs (queue.ts) are asked in their order: most urgent first, then whoever has
 * the least running, then who came first. A line whose first finds no room blocks only its like.
 *
 * A job that has waited for longer than `starvationMs` goes before all others, and what could run it is kept free for it.
 */
import type { WorkerId } from '../../../protocol/ids';
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import { endsAwaited, type EndsAwaited } from './late-ends';
import type { Line } from './queue';
import { notTaking, Room, unfit, vacantWorkers } from './room';
import { Rooms } from './rooms';
import type { HeldGpu, Job } from './rows';
import { limitOf, scopesOf } from './scopes';
import { sealedIn } from './sealed-job';
import { inTrouble, keptFrom, type InTrouble } from './trouble';

export interface Placement {
  readonly job: Job;
  /** One for each node. */
  readonly on: readonly { readonly worker: WorkerId; readonly gpus: readonly HeldGpu[] }[];
}

/** Only this worker asks, for at most so many. */
export interface Claimant {
  readonly worker: WorkerId;
  readonly limit: number;
}

export function placements(
  model: Model,
  settings: CoreSettings,
  nowMs: number,
  claimant: Claimant | null,
): Placement[] {
  if (model.jobs.queue.length === 0) return [];
  const rooms = new Rooms(roomsFor(model, settings, claimant));
  if (rooms.areFull) return [];
  const found: Placement[] = [];
  const more = new Map<string, number>();
  const activeIn = (scope: string): number => model.jobs.activeIn(scope) + (more.get(scope) ?? 0);
  let whenEmpty: Room[] | null = null;
  const emptied = (): Room[] => (whenEmpty ??= emptyRooms(model, settings, claimant));
  const heads = headsOf(model, nowMs);
  const most = claimant?.limit ?? Infinity;
  const troubled = inTrouble(model, nowMs);
  while (found.length < most) {
    const head = first(heads, activeIn, settings, nowMs);
    if (head === null) break;
    const { job } = head;
    const on = limitReached(model, job, activeIn) === null ? place(model, rooms, job, settings, troubled) : 'limited';
    if (on === 'limited' || on === null) {
      heads.splice(heads.indexOf(head), 1);
      if (on === null && isStarving(job, settings, nowMs)) keepFree(model, rooms, job, settings, emptied());
      continue;
    }
    found.push({ job, on });
    for (const scope of scopesOf(job)) more.set(scope, (more.get(scope) ?? 0) + 1);
    if (!head.next()) heads.splice(heads.indexOf(head), 1);
    if (rooms.areFull) break;
  }
  return found;
}

/** What a look at a job says of the next one: look on, at no other of its kind, or no further at all. */
export type Verdict = 'next' | 'no more like it' | 'enough';

/** Looks at queued jobs that no limit holds back, next one first. */
export function lookInOrder(model: Model, settings: CoreSettings, nowMs: number, look: (job: Job) => Verdict): void {
  const heads = headsOf(model, nowMs);
  const activeIn = (scope: string): number => model.jobs.activeIn(scope);
  for (;;) {
    const head = first(heads, activeIn, settings, nowMs);
    if (head === null) return;
    const verdict = limitReached(model, head.job, activeIn) === null ? look(head.job) : 'no more like it';
    if (verdict === 'enough') return;
    if (verdict === 'no more like it' || !head.next()) heads.splice(heads.indexOf(head), 1);
  }
}

function* roomsFor(model: Model, settings: CoreSettings, claimant: Claimant | null): Generator<Room, null> {
  const asking = claimant === null ? null : model.workers.get(claimant.worker);
  for (const worker of asking === null ? vacantWorkers(model) : asking === undefined ? [] : [asking]) {
    if (!takesNow(model, worker, claimant)) continue;
    const room = new Room(worker, model, settings);
    if (room.slots >= 1) yield room;
  }
  return null;
}

/** As they would be had all jobs ended. */
function emptyRooms(model: Model, settings: CoreSettings, claimant: Claimant | null): Room[] {
  const all = new Set([...model.jobs.live()].map(({ id }) => id));
  return [...model.workers.values()]
    .filter((worker) => takesNow(model, worker, claimant))
    .map((worker) => new Room(worker, model, settings, all));
}

/** Those whose own word asks for work are not given any before. */
function takesNow(model: Model, worker: Worker, claimant: Claimant | null): boolean {
  const isAsked = claimant === null ? worker.type !== 'claim' : worker.id === claimant.worker;
  return isAsked && notTaking(model, worker) === null;
}

function headsOf(model: Model, nowMs: number): Head[] {
  const awaited = endsAwaited(model, nowMs);
  return [...model.jobs.queue.lines].flatMap((line) => Head.of(line, awaited));
}

/** The first of a line, and the way on through it, past those that can be given to nobody now. */
class Head {
  private constructor(
    public job: Job,
    private readonly rest: Iterator<Job>,
    private readonly awaited: EndsAwaited,
  ) {}

  static of(line: Line, awaited: EndsAwaited): Head[] {
    const rest = line[Symbol.iterator]();
    const job = nextIn(rest, awaited);
    return job === null ? [] : [new Head(job, rest, awaited)];
  }

  next(): boolean {
    const job = nextIn(this.rest, this.awaited);
    if (job === null) return false;
    this.job = job;
    return true;
  }
}

function nextIn(rest: Iterator<Job>, awaited: EndsAwaited): Job | null {
  for (;;) {
    const { value, done } = rest.next();
    if (done === true) return null;
    if (sealedIn(value) === null && !awaited.has(value.id)) return value;
  }
}

function first(
  heads: readonly Head[],
  activeIn: (scope: string) => number,
  settings: CoreSettings,
  nowMs: number,
): Head | null {
  let best: Head | null = null;
  for (const head of heads) if (best === null || goesBefore(head.job, best.job, activeIn, settings, nowMs)) best = head;
  return best;
}

export function goesBefore(
  a: Job,
  b: Job,
  activeIn: (scope: string) => number,
  settings: CoreSettings,
  nowMs: number,
): boolean {
  const urgency = urgencyOf(a, settings, nowMs) - urgencyOf(b, settings, nowMs);
  if (urgency !== 0) return urgency < 0;
  const share = activeIn(shareOf(a, settings)) - activeIn(shareOf(b, settings));
  return share === 0 ? a.order < b.order : share < 0;
}

/** Lower is sooner. */
const urgencyOf = (job: Job, settings: CoreSettings, nowMs: number): number =>
  isStarving(job, settings, nowMs) ? -Infinity : job.spec.priority;

export const isStarving = (job: Job, settings: CoreSettings, nowMs: number): boolean =>
  nowMs - job.sinceMs >= settings.jobs.starvationMs;

/** Whose share it takes of. */
const shareOf = ({ owner, spec }: Job, { jobs: { fairShareBy } }: CoreSettings): string =>
  fairShareBy === 'user' ? `user:${owner}` : `label:${fairShareBy}=${spec.labels[fairShareBy] ?? ''}`;

/** The scope whose limit is reached; null = none. */
export function limitReached(model: Model, job: Job, activeIn: (scope: string) => number): string | null {
  if (model.jobs.limits.size === 0 && job.spec.array === null) return null;
  for (const scope of scopesOf(job)) {
    const limit = limitOf(model.jobs.limits, scope, job);
    if (limit !== null && activeIn(scope) >= limit) return scope;
  }
  return null;
}

interface Offer {
  readonly room: Room;
  readonly gpus: readonly HeldGpu[];
}
/** How much sooner it is to be another: the lower, the better. */
type Reluctance = (room: Room) => number;

/** Null = there is not enough room now. */
function place(
  model: Model,
  rooms: Rooms,
  job: Job,
  settings: CoreSettings,
  troubled: InTrouble,
): Placement['on'] | null {
  const { needs } = job.spec;
  const kept = keptFrom(model, job, settings, troubled);
  const reluctance = reluctanceFor(model, job, troubled);
  const offerOf = (room: Room): Offer | null => {
    const gpus = kept.has(room.worker.id) ? null : room.offer(needs);
    return gpus === null || unfit(model, room.worker, job.spec, settings) !== null ? null : { room, gpus };
  };
  const chosen =
    needs.nodes === 1 ? bestOffer(rooms, reluctance, offerOf) : gangOf(rooms, reluctance, offerOf, needs.nodes);
  if (chosen === null) return null;
  for (const { room, gpus } of chosen) rooms.take(room, needs, gpus);
  return chosen.map(({ room, gpus }) => ({ worker: room.worker.id, gpus }));
}

/** Rooms come best first: of a thousand the first that offers is taken, if nothing speaks against it. */
function bestOffer(rooms: Rooms, reluctance: Reluctance, offerOf: (room: Room) => Offer | null): Offer[] | null {
  let best: Offer | null = null;
  for (const room of rooms) {
    if (best === null || reluctance(room) < reluctance(best.room)) best = offerOf(room) ?? best;
    if (best !== null && reluctance(best.room) === 0) break;
  }
  return best === null ? null : [best];
}

function gangOf(
  rooms: Rooms,
  reluctance: Reluctance,
  offerOf: (room: Room) => Offer | null,
  nodes: number,
): Offer[] | null {
  const offers = [...rooms].flatMap((room) => offerOf(room) ?? []);
  if (offers.length < nodes) return null;
  return offers.sort((a, b) => reluctance(a.room) - reluctance(b.room)).slice(0, nodes);
}

/**
 * Not where it was lost, since whatever is wrong there (a full disk, no memory) would eat its retries one by one; nor where
 * another could not be begun; then as for any other.
 */
function reluctanceFor({ jobs }: Model, { lastAttempt }: Job, troubled: InTrouble): Reluctance {
  const attempt = lastAttempt === null ? null : jobs.attempt(lastAttempt);
  const lostOn = attempt?.state.kind === 'ended' && attempt.state.outcome === 'lost' ? attempt.worker : null;
  return ({ worker: { id } }) => 2 * Number(id === lostOn) + Number(troubled.has(id));
}

/**
 * Everything that could run it, were it empty, takes nothing else. Not where jobs are not what it waits for: for a gang of
 * more workers than there are, or for a device that a stranger uses, the others would stand still for nothing.
 */
function keepFree(model: Model, rooms: Rooms, { spec }: Job, settings: CoreSettings, emptied: readonly Room[]): void {
  const able = emptied.filter(
    (room) => unfit(model, room.worker, spec, settings) === null && room.offer(spec.needs) !== null,
  );
  if (able.length < spec.needs.nodes) return;
  rooms.close(new Set(able.map(({ worker }) => worker.id)));
}
