/** Why a job is as it is: one reason for every way in which it can wait, from the same looks that place it. */
import type { JobExplanation, WaitReason } from '../../../protocol/job-explain';
import type { WorkerId } from '../../../protocol/ids';
import type { Model, Worker } from '../model';
import type { CoreSettings } from '../settings';
import { devicesOf, isDeviceAwaited, isOfType, withoutDevices } from './devices';
import { goesBefore, isStarving, limitReached } from './matching';
import { notTaking, Room, unfit } from './room';
import { isOver, type Job } from './rows';
import { limitOf } from './scopes';
import { endsAwaited } from './late-ends';
import { sealedIn, whySealed } from './sealed-job';
import { inTrouble, keptFrom } from './trouble';

const NAMED_MAX = 10;

export function explainJob(model: Model, job: Job, settings: CoreSettings, nowMs: number): JobExplanation {
  const { kind } = job.state;
  const base = { job_id: job.id, state: kind, reasons: [], ahead: null };
  if (isOver(job))
    return { ...base, summary: `${kind}: ${whyOf(job)}`, next: kind === 'completed' ? 'nothing: it is done' : RETRY };
  if (kind === 'active') return { ...base, ...ofActive(model, job) };
  if (kind === 'waiting') return { ...base, ...waits(model, job, nowMs) };
  const ahead = aheadOf(model, job, settings, nowMs);
  const reasons = queuedFor(model, job, settings, nowMs, ahead);
  const [first] = reasons;
  return {
    ...base,
    reasons,
    ahead,
    summary: first?.text ?? 'it has just come, and is placed next',
    next: NEXT[first?.code ?? 'order'],
  };
}

const RETRY = 'nothing by itself; `procguard retry` puts it back into the queue';
const NEXT: Readonly<Record<WaitReason['code'], string>> = {
  dependencies: 'it is queued when they are over as it needs them',
  delay: 'it is queued again then',
  not_before: 'it is queued then',
  approval: 'somebody who may approves it',
  sealed: 'the key is put back and the manager started again, or the job is cancelled and submitted with the value',
  limit: 'one of those that count ends, or the limit is raised',
  no_worker: 'a worker with slots connects',
  never: 'a worker that fits joins, or the job is submitted with other needs',
  busy: 'one of what runs there ends',
  draining: 'the worker is undrained, or another that fits joins',
  trouble: 'another that fits has room, or the worker is tried again within a minute',
  unreachable: 'the worker comes back, or another that fits joins',
  gpu_awaited: 'the worker tells which it has, in a moment',
  gpu_in_use: 'the devices are given back',
  gpu_settling: 'the next measurement shows the device empty',
  reserved: 'the job that waits for longest has started',
  gang: 'enough workers are free at the same time',
  late_end: 'the worker tells how that ended: a good result counts, otherwise it is tried again',
  order: 'those before it are placed',
  making_room: 'the end of what gives way is verified',
  next_claim: 'the worker asks for work',
};

function ofActive(model: Model, job: Job): { summary: string; next: string } {
  const live = model.jobs.liveOf(job.id);
  const [first] = live;
  if (first === undefined) return { summary: 'its attempt has just ended', next: 'its result is being recorded' };
  const where = live.map(({ worker }) => worker).join(', ');
  if (first.stop !== null)
    return {
      summary: `it is being stopped on ${where}: ${first.stop.why}`,
      next: 'its end is verified, then recorded',
    };
  return first.state.kind === 'running'
    ? { summary: `it runs on ${where}`, next: 'its end is recorded when it has ended' }
    : { summary: `it was given to ${where}, which has not begun it yet`, next: 'the worker begins it' };
}

function waits(model: Model, job: Job, nowMs: number): { summary: string; reasons: WaitReason[]; next: string } {
  if (job.state.kind !== 'waiting') throw new Error(`job ${job.id} does not wait`);
  const { for: what, untilMs } = job.state;
  const inSeconds = untilMs === null ? '' : ` for another ${Math.max(0, Math.ceil((untilMs - nowMs) / 1000))} s`;
  const reason: WaitReason =
    what === 'approval'
      ? { code: 'approval', text: 'it waits until somebody approves it', about: [] }
      : what === 'dependencies'
        ? dependencies(model, job)
        : isHindered(model, job)
          ? {
              code: 'delay',
              text: `it could not begin, and is tried again with no retry spent: it waits${inSeconds}`,
              about: [],
            }
          : job.retries > 0
            ? {
                code: 'delay',
                text: `it is tried again (retry ${job.retries} of ${job.spec.retry.max}): it waits${inSeconds}`,
                about: [],
              }
            : { code: 'not_before', text: `it is not to start before its time: it waits${inSeconds}`, about: [] };
  return { summary: reason.text, reasons: [reason], next: NEXT[reason.code] };
}

function isHindered(model: Model, { lastAttempt, state, spec }: Job): boolean {
  const isOwnTime = state.kind === 'waiting' && state.untilMs === spec.notBeforeMs;
  return lastAttempt !== null && !isOwnTime && model.jobs.attempt(lastAttempt)?.isHindered === true;
}

function dependencies(model: Model, job: Job): WaitReason {
  const open = job.spec.after.filter((id) => {
    const other = model.jobs.job(id);
    return other === null || !isOver(other);
  });
  const named = open.slice(0, NAMED_MAX).map((id) => `${id} (${model.jobs.job(id)?.state.kind ?? 'not known yet'})`);
  return { code: 'dependencies', text: `it waits for ${list(named, open.length)}`, about: open.slice(0, NAMED_MAX) };
}

function queuedFor(model: Model, job: Job, settings: CoreSettings, nowMs: number, ahead: number): WaitReason[] {
  const reasons: WaitReason[] = [];
  const say = (code: WaitReason['code'], text: string, about: readonly string[] = []): void =>
    void reasons.push({ code, text, about: about.slice(0, NAMED_MAX) });
  const sealed = sealedIn(job);
  // Whatever else is so, it is not what it waits for.
  if (sealed !== null) return [{ code: 'sealed', text: whySealed(sealed), about: [] }];
  const awaited = endsAwaited(model, nowMs).get(job.id);
  if (awaited !== undefined) {
    const text = `its try ${awaited.id} was given up unheard, and ${awaited.worker} is back with it: its end is waited for`;
    return [{ code: 'late_end', text, about: [awaited.worker] }];
  }
  const scope = limitReached(model, job, (one) => model.jobs.activeIn(one));
  if (scope !== null)
    say(
      'limit',
      `the limit of ${scope} is reached: ${model.jobs.activeIn(scope)} of ${limitOf(model.jobs.limits, scope, job) ?? 0} run`,
      [scope],
    );
  const workers = [...model.workers.values()].filter(({ slots }) => slots > 0);
  if (workers.length === 0) say('no_worker', 'no worker that takes jobs is known');
  const misfits = workers.map((worker) => ({ worker, why: unfit(model, worker, job.spec, settings) }));
  const able = misfits.flatMap(({ worker, why }) => (why === null ? [worker] : []));
  if (workers.length > 0 && able.length < job.spec.needs.nodes) {
    const why = misfits.filter(({ why: no }) => no !== null).map(({ worker, why: no }) => `${worker.id}: ${no}`);
    const many =
      job.spec.needs.nodes > 1
        ? `${job.spec.needs.nodes} workers are needed at once, and ${able.length} could ever run it`
        : 'no known worker can ever run it';
    say(
      'never',
      [many, ...(why.length > 0 ? [list(why.slice(0, NAMED_MAX), why.length)] : [])].join('. '),
      why.map((line) => line.split(':')[0] ?? ''),
    );
    return reasons;
  }
  sayOfAble(model, job, able, settings, nowMs, say);
  const starving = first(model, (other) => other.id !== job.id && isStarving(other, settings, nowMs));
  if (
    starving !== null &&
    !isStarving(job, settings, nowMs) &&
    able.some((worker) => unfit(model, worker, starving.spec, settings) === null)
  )
    say('reserved', `job ${starving.id} waits for too long already; what could run it is kept free for it`, [
      starving.id,
    ]);
  if (ahead > 0) say('order', `${ahead} queued job${ahead === 1 ? ' goes' : 's go'} before it`);
  return reasons;
}

type Say = (code: WaitReason['code'], text: string, about?: readonly string[]) => void;

function sayOfAble(
  model: Model,
  job: Job,
  able: readonly Worker[],
  settings: CoreSettings,
  nowMs: number,
  say: Say,
): void {
  const kept = keptFrom(model, job, settings, inTrouble(model, nowMs));
  const making = model.jobs.makingRoomFor(job.id);
  if (making.length > 0)
    say('making_room', `${list(making, making.length)} give${making.length === 1 ? 's' : ''} way to it`, making);
  const by = {
    draining: [] as string[],
    trouble: [] as string[],
    unreachable: [] as string[],
    full: [] as string[],
    free: [] as string[],
    polls: [] as string[],
  };
  for (const worker of able) {
    const why = notTaking(model, worker);
    const room = new Room(worker, model, settings);
    if (worker.isDraining) by.draining.push(worker.id);
    else if (why !== null) by.unreachable.push(`${worker.id} (${why})`);
    else if (kept.has(worker.id)) by.trouble.push(worker.id);
    else if (room.offer(job.spec.needs) === null) {
      const isSaid = sayOfDevices(model, job, worker, room, settings, say);
      if (!isSaid) by.full.push(worker.id);
    } else if (worker.type === 'claim') by.polls.push(worker.id);
    else by.free.push(worker.id);
  }
  if (by.polls.length > 0)
    say('next_claim', `${list(by.polls, by.polls.length)} will get it with the next question for work`, by.polls);
  const { nodes } = job.spec.needs;
  if (nodes > 1 && by.free.length < nodes)
    say(
      'gang',
      `${nodes} workers are needed at once, and ${by.free.length} of the ${able.length} that could run it are free`,
      by.free,
    );
  if (by.full.length > 0)
    say('busy', [`no room on ${list(by.full, by.full.length)}`, ...heldElsewhere(model, by.full)].join('; '), by.full);
  if (by.draining.length > 0)
    say(
      'draining',
      `${list(by.draining, by.draining.length)} would fit and takes nothing new: it is draining`,
      by.draining,
    );
  if (by.trouble.length > 0)
    say(
      'trouble',
      `${list(by.trouble, by.trouble.length)} could not begin a job a moment ago, and is given none that another could take`,
      by.trouble,
    );
  if (by.unreachable.length > 0)
    say('unreachable', `out of reach: ${list(by.unreachable, by.unreachable.length)}`, by.unreachable);
}

/** What no job of the manager's holds, and is not free either. */
function heldElsewhere({ contacts }: Model, workers: readonly string[]): string[] {
  let all = 0;
  const told = workers.flatMap((id) => {
    const held = contacts.get(id as WorkerId)?.slotsHeld ?? 0;
    all += held;
    return held === 0 ? [] : [`${held} slot${held === 1 ? '' : 's'} of ${id}`];
  });
  if (all === 0) return [];
  return [`${list(told.slice(0, NAMED_MAX), told.length)} ${all === 1 ? 'is' : 'are'} held by the machine's own queue`];
}

/** Only where devices are what lacks, and nothing else. @returns whether it said so */
function sayOfDevices(model: Model, job: Job, worker: Worker, room: Room, settings: CoreSettings, say: Say): boolean {
  const { needs } = job.spec;
  const { gpus } = needs;
  if (room.offer(withoutDevices(needs)) === null) return false;
  if (isDeviceAwaited(model, worker)) {
    say('gpu_awaited', `which GPUs ${worker.id} has is not known yet`, [worker.id]);
    return true;
  }
  const taken = devicesOf(model, worker, settings).filter((device) => isOfType(device, gpus.type) && !device.isEmpty);
  if (taken.some(({ isSettling }) => isSettling))
    say('gpu_settling', `a device of ${worker.id} was given back a moment ago and is not yet seen empty`, [worker.id]);
  const used = taken.filter(({ isSettling }) => !isSettling);
  if (used.length > 0)
    say(
      'gpu_in_use',
      `on ${worker.id}: ${list(used.map(({ index, why }) => `GPU ${index} is ${why}`).slice(0, NAMED_MAX), used.length)}`,
      [worker.id],
    );
  return taken.length > 0;
}

/** How many queued jobs go before it: by lines, so that depth costs little. */
export function aheadOf(model: Model, job: Job, settings: CoreSettings, nowMs: number): number {
  const activeIn = (scope: string): number => model.jobs.activeIn(scope);
  let ahead = 0;
  for (const line of model.jobs.queue.lines)
    for (const other of line) {
      if (other.id === job.id || !goesBefore(other, job, activeIn, settings, nowMs)) break;
      ahead += 1;
    }
  return ahead;
}

function first(model: Model, is: (job: Job) => boolean): Job | null {
  for (const line of model.jobs.queue.lines) if (line.first !== null && is(line.first)) return line.first;
  return null;
}

const whyOf = ({ state }: Job): string => ('why' in state ? state.why : '');
const list = (shown: readonly string[], all: number): string =>
  all > shown.length ? `${shown.join(', ')} and ${all - shown.length} more` : shown.slice(0, NAMED_MAX).join(', ');
