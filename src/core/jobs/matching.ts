/**
 * Which job goes where next. Lines of equal jobs (queue.ts) are asked in their order: most urgent first, then whoever has
 * the least running, then who came first. A line whose first finds no room blocks only its like.
 *
 * A job that has waited for longer than `starvationMs` goes before all others, and what could run it is kept free for it.
 */
import type { WorkerId } from '../../../protocol/ids';
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import type { Line } from './queue';
import { notTaking, Room, unfit } from './room';
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
  const rooms = roomsFor(model, settings, claimant);
  if (rooms.length === 0) return [];
  const found: Placement[] = [];
  const more = new Map<string, number>();
  const activeIn = (scope: string): number => model.jobs.activeIn(scope) + (more.get(scope) ?? 0);
  let whenEmpty: Room[] | null = null;
  const emptied = (): Room[] => (whenEmpty ??= emptyRooms(model, settings, claimant));
  const heads = [...model.jobs.queue.lines].flatMap((line) => Head.of(line));
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
    if (!rooms.some(({ slots }) => slots > 0)) break;
  }
  return found;
}

/** What a look at a job says of the next one: look on, at no other of its kind, or no further at all. */
export type Verdict = 'next' | 'no more like it' | 'enough';

/** Looks at queued jobs that no limit holds back, next one first. */
export function lookInOrder(model: Model, settings: CoreSettings, nowMs: number, look: (job: Job) => Verdict): void {
  const heads = [...model.jobs.queue.lines].flatMap((line) => Head.of(line));
  const activeIn = (scope: string): number => model.jobs.activeIn(scope);
  for (;;) {
    const head = first(heads, activeIn, settings, nowMs);
    if (head === null) return;
    const verdict = limitReached(model, head.job, activeIn) === null ? look(head.job) : 'no more like it';
    if (verdict === 'enough') return;
    if (verdict === 'no more like it' || !head.next()) heads.splice(heads.indexOf(head), 1);
  }
}

function roomsFor(model: Model, settings: CoreSettings, claimant: Claimant | null): Room[] {
  const rooms: Room[] = [];
  const asking = claimant === null ? undefined : model.workers.get(claimant.worker);
  for (const worker of claimant === null ? model.workers.values() : asking === undefined ? [] : [asking])
    if (hasFreeSlot(model, worker) && takesNow(model, worker, claimant)) rooms.push(new Room(worker, model, settings));
  return rooms;
}

const hasFreeSlot = ({ jobs, contacts }: Model, { id, slots }: Worker): boolean =>
  slots > jobs.countOn(id) + (contacts.get(id)?.slotsHeld ?? 0);

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

/** The first of a line, and the way on through it, past those that can be given to nobody. */
class Head {
  private constructor(
    public job: Job,
    private readonly rest: Iterator<Job>,
  ) {}

  static of(line: Line): Head[] {
    const rest = line[Symbol.iterator]();
    const job = nextIn(rest);
    return job === null ? [] : [new Head(job, rest)];
  }

  next(): boolean {
    const job = nextIn(this.rest);
    if (job === null) return false;
    this.job = job;
    return true;
  }
}

function nextIn(rest: Iterator<Job>): Job | null {
  for (;;) {
    const { value, done } = rest.next();
    if (done === true) return null;
    if (sealedIn(value) === null) return value;
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
type Fit = (a: Room, b: Room) => number;

/** Null = there is not enough room now. */
function place(
  model: Model,
  all: readonly Room[],
  job: Job,
  settings: CoreSettings,
  troubled: InTrouble,
): Placement['on'] | null {
  const { needs } = job.spec;
  const kept = keptFrom(model, job, settings, troubled);
  const rooms = kept.size === 0 ? all : all.filter(({ worker }) => !kept.has(worker.id));
  const fit = fitFor(model, job, troubled);
  const offerOf = (room: Room): Offer | null => {
    const gpus = room.offer(needs);
    return gpus === null || unfit(model, room.worker, job.spec, settings) !== null ? null : { room, gpus };
  };
  const chosen = needs.nodes === 1 ? bestOffer(rooms, fit, offerOf) : gangOf(rooms, fit, offerOf, needs.nodes);
  if (chosen === null) return null;
  for (const { room, gpus } of chosen) room.take(needs, gpus);
  return chosen.map(({ room, gpus }) => ({ worker: room.worker.id, gpus }));
}

/** Of a thousand rooms all but a few are seen at a glance to be no better than one that has offered. */
function bestOffer(rooms: readonly Room[], fit: Fit, offerOf: (room: Room) => Offer | null): Offer[] | null {
  let best: Offer | null = null;
  for (const room of rooms) if (best === null || fit(room, best.room) < 0) best = offerOf(room) ?? best;
  return best === null ? null : [best];
}

function gangOf(
  rooms: readonly Room[],
  fit: Fit,
  offerOf: (room: Room) => Offer | null,
  nodes: number,
): Offer[] | null {
  const offers = rooms.flatMap((room) => offerOf(room) ?? []);
  return offers.length < nodes ? null : offers.sort((a, b) => fit(a.room, b.room)).slice(0, nodes);
}

/** Not the manager's own machine; no device left idle behind a job that needs none; then the emptiest. */
const byFit: Fit = (a, b) =>
  Number(a.worker.type === 'local') - Number(b.worker.type === 'local') ||
  a.devices.length - b.devices.length ||
  b.slots - a.slots ||
  (a.worker.id < b.worker.id ? -1 : 1);

/**
 * Not where it was lost, since whatever is wrong there (a full disk, no memory) would eat its retries one by one; nor where
 * another could not be begun; then as for any other.
 */
function fitFor({ jobs }: Model, { lastAttempt }: Job, troubled: InTrouble): Fit {
  const attempt = lastAttempt === null ? null : jobs.attempt(lastAttempt);
  const lostOn = attempt?.state.kind === 'ended' && attempt.state.outcome === 'lost' ? attempt.worker : null;
  if (lostOn === null && troubled.size === 0) return byFit;
  const lostIt = ({ worker }: Room): number => Number(worker.id === lostOn);
  const isTroubled = ({ worker }: Room): number => Number(troubled.has(worker.id));
  return (a, b) => lostIt(a) - lostIt(b) || isTroubled(a) - isTroubled(b) || byFit(a, b);
}

/**
 * Everything that could run it, were it empty, takes nothing else. Not where jobs are not what it waits for: for a gang of
 * more workers than there are, or for a device that a stranger uses, the others would stand still for nothing.
 */
function keepFree(
  model: Model,
  rooms: readonly Room[],
  { spec }: Job,
  settings: CoreSettings,
  emptied: readonly Room[],
): void {
  const able = emptied.filter(
    (room) => unfit(model, room.worker, spec, settings) === null && room.offer(spec.needs) !== null,
  );
  if (able.length < spec.needs.nodes) return;
  const names = new Set(able.map(({ worker }) => worker.id));
  for (const room of rooms) if (names.has(room.worker.id)) room.slots = 0;
}
