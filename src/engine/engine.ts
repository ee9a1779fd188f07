/**
 * The one loop. Everyone who wants something of the manager's state asks here; commands that arrive together are
 * decided together, in order, and share one ledger transaction. Replies and effects come only after it:
 *
 *   command -> decide -> apply (+ FailureHandler reacts) -> commit -> reply -> effects -> feed
 *
 * Heartbeats do not pass through: `beat` renews liveness in memory and asks for a turn only when something is news.
 * A commit that fails ends the program: a manager that cannot remember must not go on deciding.
 */
import { Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import { attemptIn, type AttemptId } from '../../protocol/jobs';
import type { Beat, MachineUsage, ProcessUsage } from '../../protocol/link';
import { LIMITS } from '../../protocol/limits';
import type { ProcessView, WorkerView } from '../../protocol/views';
import type { CommandOf, EngineCommand, Replies } from '../core/commands';
import { nextDueMs } from '../core/due';
import { noteMachine, noteSlotsHeld } from '../core/fleet/figures';
import { countSilenceFrom, nextSilenceMs } from '../core/fleet/liveness';
import type { Fact } from '../core/facts';
import { areDevicesAwaited } from '../core/jobs/devices';
import { isLive, type DeviceLoad } from '../core/jobs/rows';
import { loadJobs, type JobLimit } from '../core/jobs/load';
import { contactOf, emptyModel, type Model } from '../core/model';
import { judgeBeat } from '../core/monitor/process-monitor';
import { countRecovery } from '../core/recovery/remembered';
import type { CoreSettings } from '../core/settings';
import { nothingTouched } from '../core/touched';
import { Turn } from '../core/turn';
import { processView, workerView } from '../core/views';
import type { EventView } from '../../protocol/views';
import { Alarm } from './alarm';
import { Feed } from './feed';
import { Inbox, type Asked } from './inbox';
import { Knocks } from './knocks';
import type { LogStore } from './log-store-port';
import type { Clock, Ledger, LedgerBatch, LinkOut } from './ports';
import { Tickets } from './tickets';
import type { UsageHistory } from './usage-port';

export interface EngineParts {
  readonly settings: CoreSettings;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly logs: Pick<LogStore, 'runs'>;
  readonly usage: Pick<UsageHistory, 'note'>;
  /** Called when the program cannot go on. */
  readonly onFatal: (error: unknown) => void;
}

export class Engine {
  readonly feed = new Feed();
  readonly tickets = new Tickets();
  readonly knocks = new Knocks();
  private readonly model: Model = emptyModel();
  private links: LinkOut = { deliver: () => undefined };
  private readonly inbox = new Inbox(() => this.turn());
  private readonly alarm = new Alarm((dueAtMs) => this.wake(dueAtMs));
  /**
   * Until then no worker is silent for too long; undefined = to be found. Beats only push it away, so all workers are
   * looked at when it has come, and when one of them is news, instead of in every turn.
   */
  private silenceMs: number | null | undefined;
  private isStopped = false;

  constructor(private readonly parts: EngineParts) {
    const {
      workers,
      processes,
      definitions,
      commands,
      recoveries,
      incidents,
      counters,
      jobs,
      attempts,
      jobLimits,
      schedules,
      ...trust
    } = parts.ledger.load();
    const nowMs = parts.clock.nowMs();
    for (const worker of workers) {
      this.model.workers.set(worker.id, worker);
      // While we were away nobody could be heard: silence is counted from now.
      if (worker.presence.kind !== 'lost') contactOf(this.model, worker.id, nowMs);
    }
    for (const process of processes) this.model.processes.set(process.key, process);
    for (const definition of definitions) {
      this.model.definitions.set(definition.key, definition);
      const newest = definition.versions.at(-1)?.change.order ?? 0;
      this.model.definitionChanges = Math.max(this.model.definitionChanges, newest);
    }
    for (const command of commands) this.model.commands.set(command.id, command);
    for (const recovery of recoveries) {
      this.model.recoveries.set(recovery.id, recovery);
      countRecovery(this.model, recovery);
    }
    for (const incident of incidents) this.model.incidents.set(incident.id, incident);
    for (const user of trust.users) this.model.trust.setUser(user.id, user);
    for (const token of trust.tokens) this.model.trust.setToken(token.id, token);
    for (const account of trust.accounts) this.model.trust.setAccount(account.id, account);
    for (const applicant of trust.applicants) this.model.trust.setApplicant(applicant.keyHash, applicant);
    const { jobOrder = 0, jobEpoch = 0 } = counters;
    loadJobs(
      this.model.jobs,
      { jobs, attempts, jobLimits, order: jobOrder, epoch: jobEpoch },
      parts.settings.jobs,
      nowMs,
    );
    for (const schedule of schedules) this.model.schedules.set(schedule);
    this.model.commandOrder = counters.commandOrder;
    this.model.eventSeq = counters.eventSeq;
    this.sleep();
  }

  connect(links: LinkOut): void {
    this.links = links;
  }

  /**
   * Resolves when the turn is committed; rejects with a Refusal.
   * @param mayNot why who asks may not: looked at when it is decided, for what stands before it in the same turn may be
   *   that its credential was taken away. @default nobody is asked
   */
  submit<K extends EngineCommand['kind']>(command: CommandOf<K>, mayNot?: () => Refusal | null): Promise<Replies[K]> {
    return this.put(command, mayNot, null);
  }

  /**
   * For what nobody waits for: decided in its place among the others, with the next of them or soon. What begins and is over
   * within that time, as a short job, costs one turn.
   */
  submitSoon<K extends EngineCommand['kind']>(command: CommandOf<K>): Promise<Replies[K]> {
    return this.put(command, undefined, LIMITS.turnPatienceMs);
  }

  private put<K extends EngineCommand['kind']>(
    command: CommandOf<K>,
    mayNot: Asked['mayNot'],
    patienceMs: number | null,
  ): Promise<Replies[K]> {
    return new Promise<Replies[K]>((resolve, reject) => {
      if (this.isStopped)
        return reject(new Refusal('shutting_down', 'the manager is stopping; ask again when it is back'));
      this.inbox.put({ command, mayNot, resolve: resolve as (reply: unknown) => void, reject }, patienceMs);
    });
  }

  /** A launcher's beat: liveness and samples, in memory. False when the worker is not known here. */
  beat(id: WorkerId, connection: string, beat: Beat): boolean {
    const worker = this.model.workers.get(id);
    const contact = this.model.contacts.get(id);
    if (worker === undefined || contact?.connection !== connection) return false;
    const nowMs = this.parts.clock.nowMs();
    contact.lastContactMs = nowMs;
    if (beat.machine !== null) {
      const wasAwaited = areDevicesAwaited(contact);
      noteMachine(this.model, id, beat.machine, nowMs);
      // Devices are given by what was measured of them.
      if ((wasAwaited || beat.machine.gpus !== null) && this.model.jobs.queue.length > 0) this.ask({ kind: 'match' });
      for (const name of beat.gone) contact.usage.delete(name);
      for (const usage of beat.usage) contact.usage.set(usage.name, usage);
      this.parts.usage.note(id, beat.machine, ofLiving(this.model, contact.usage.values()), nowMs);
      // What was not told again is as it was, and a threshold may be crossed by time alone.
      const whole = { ...beat, usage: [...contact.usage.values()] };
      const { raised, cleared } = judgeBeat(this.model, id, whole, this.parts.settings, nowMs);
      if (raised.length + cleared.length > 0) this.ask({ kind: 'judge', raised, cleared });
    }
    if (worker.presence.kind !== 'present' && contact.synced) this.ask({ kind: 'heard', worker: id });
    return true;
  }

  /** So many of its slots its machine's own queue holds: in memory. A turn only where there is more room for what waits. */
  slotsHeld(id: WorkerId, connection: string, held: number): void {
    const contact = this.model.contacts.get(id);
    if (contact?.connection !== connection || contact.slotsHeld === held) return;
    const hasMoreRoom = held < contact.slotsHeld;
    noteSlotsHeld(this.model, id, held);
    this.feed.publish({ touched: { ...nothingTouched(), workers: new Set([id]) }, facts: [], events: [] });
    if (hasMoreRoom && this.model.jobs.queue.length > 0) this.ask({ kind: 'match' });
  }

  /** A heartbeat of a worker that speaks another protocol: in memory. A turn only where it was silent, or seemed to leave. */
  agentBeat(id: WorkerId, machine: MachineUsage | null, deviceLoad: DeviceLoad | null = null): void {
    const worker = this.model.workers.get(id);
    if (worker === undefined) return;
    const nowMs = this.parts.clock.nowMs();
    // One that was lost before this manager was started has none yet.
    const contact = contactOf(this.model, id, nowMs);
    contact.lastContactMs = nowMs;
    if (machine !== null) noteMachine(this.model, id, machine, nowMs);
    contact.deviceLoad = deviceLoad;
    const isBack = contact.isLeaving;
    contact.isLeaving = false;
    if (worker.presence.kind !== 'present') this.ask({ kind: 'heard', worker: id });
    else if (isBack) this.ask({ kind: 'match' });
  }

  /** A worker still holds these attempts: in memory, no turn. @returns those that are not its own any more */
  renew(worker: WorkerId, attempts: readonly AttemptId[]): AttemptId[] {
    const { jobs } = this.model;
    const nowMs = this.parts.clock.nowMs();
    return attempts.filter((id) => {
      const attempt = jobs.attempt(id);
      if (attempt?.worker !== worker || !isLive(attempt)) return true;
      jobs.renewedAtMs.set(id, nowMs);
      return false;
    });
  }

  /**
   * A plain client's heartbeat without news, answered from memory. Null: it needs a turn (news, a waiting command, or
   * an unknown worker).
   */
  plainBeat(id: WorkerId, hasNews: (model: Model) => boolean): boolean | null {
    const worker = this.model.workers.get(id);
    const contact = this.model.contacts.get(id);
    if (worker === undefined || contact === undefined || worker.presence.kind !== 'present') return null;
    if (hasNews(this.model)) return null;
    contact.lastContactMs = this.parts.clock.nowMs();
    return true;
  }

  /** Read-only by contract: only a turn changes it. */
  read<T>(look: (model: Model) => T): T {
    return look(this.model);
  }

  workerView(id: WorkerId): WorkerView | null {
    const worker = this.model.workers.get(id);
    return worker === undefined ? null : workerView(this.model, worker);
  }

  processView(key: string): ProcessView | null {
    const process = this.model.processes.get(key as never);
    if (process === undefined) return null;
    const logBytes = this.parts.logs.runs(process.worker, process.name).reduce((sum, { bytes }) => sum + bytes, 0);
    return processView(this.model, process, logBytes);
  }

  get nowMs(): number {
    return this.parts.clock.nowMs();
  }

  /** For calendars. */
  get wallMs(): number {
    return this.parts.clock.wallMs();
  }

  get settings(): CoreSettings {
    return this.parts.settings;
  }

  events(query: Parameters<Ledger['events']>[0]): EventView[] {
    return this.parts.ledger.events(query);
  }

  /** Takes no more commands; what was asked is still decided and committed. */
  stop(): void {
    if (!this.inbox.isEmpty) this.turn();
    this.isStopped = true;
    this.alarm.set(null, 0);
    this.tickets.abandon();
    this.knocks.abandon();
  }

  private ask(command: EngineCommand): void {
    this.submit(command).catch(() => undefined);
  }

  private turn(): void {
    const asked = this.inbox.take();
    const nowMs = this.parts.clock.nowMs();
    const turn = new Turn(this.model, this.parts.settings, nowMs);
    const replies: (() => void)[] = [];
    try {
      for (const { command, mayNot, resolve, reject } of asked) {
        const reply = mayNot?.() ?? turn.take(command);
        replies.push(() => (reply instanceof Refusal ? reject(reply) : resolve(reply)));
      }
      turn.close();
      if (turn.facts.length + turn.audit.length > 0) this.parts.ledger.commit(this.batchOf(turn, nowMs));
    } catch (error) {
      this.isStopped = true;
      this.parts.onFatal(error);
      return;
    }
    const { facts, effects, events, touched } = turn;
    if (facts.some(movesSilence)) this.silenceMs = undefined;
    for (const fact of facts) if (fact.kind === 'command.done') this.tickets.settle(fact.command.id, fact.result);
    for (const reply of replies) reply();
    for (const fact of facts) if (fact.kind === 'applicant.set' && isAnswer(fact)) this.knocks.settle(fact.keyHash);
    for (const effect of effects) this.links.deliver(effect);
    if (facts.length > 0) this.feed.publish({ touched, facts, events });
    this.sleep();
  }

  private batchOf({ touched, events, audit }: Turn, nowMs: number): LedgerBatch {
    const { trust, jobs } = this.model;
    return {
      workers: rows(touched.workers, this.model.workers),
      processes: rows(touched.processes, this.model.processes),
      definitions: rows(touched.definitions, this.model.definitions),
      commands: rows(touched.commands, this.model.commands),
      recoveries: rows(touched.recoveries, this.model.recoveries),
      incidents: rows(touched.incidents, this.model.incidents),
      users: rows(touched.users, trust.users),
      tokens: rows(touched.tokens, trust.tokens),
      accounts: rows(touched.accounts, trust.accounts),
      applicants: rows(touched.applicants, trust.applicants),
      jobs: rows(touched.jobs, jobs.all),
      attempts: rows(touched.attempts, jobs.attempts),
      job_limits: new Map([...touched.jobLimits].map((scope) => [scope, limitRow(scope, jobs.limits.get(scope))])),
      schedules: rows(touched.schedules, this.model.schedules.all),
      events,
      audit,
      nowMs,
      counters: {
        commandOrder: this.model.commandOrder,
        eventSeq: this.model.eventSeq,
        jobOrder: jobs.order,
        jobEpoch: jobs.epoch,
      },
    };
  }

  /** Wakes for what is due next. Later beats only push a silence away. */
  private sleep(): void {
    const nowMs = this.parts.clock.nowMs();
    if (this.silenceMs != null && this.silenceMs <= nowMs) this.silenceMs = undefined;
    if (this.silenceMs === undefined) this.silenceMs = nextSilenceMs(this.model, this.parts.settings);
    const nextMs = nextDueMs(this.model, this.parts.settings, nowMs, this.silenceMs);
    const { nearestMs, isAnyOn } = this.model.schedules;
    if ((nextMs === null && !isAnyOn) || this.isStopped) return this.alarm.set(null, nowMs);
    const waits: number[] = [LIMITS.timerMsMax];
    if (nextMs !== null) waits.push(nextMs - nowMs);
    // No event tells that the wall's clock was set, or that the machine slept: it is looked at now and then.
    if (isAnyOn) waits.push(LIMITS.wallClockLookMs);
    if (nearestMs !== null) waits.push(nearestMs - this.parts.clock.wallMs());
    this.alarm.set(Math.max(1, Math.min(...waits)), nowMs);
  }

  private wake(dueAtMs: number): void {
    const nowMs = this.parts.clock.nowMs();
    if (nowMs - dueAtMs > LIMITS.stoodStillMs) countSilenceFrom(this.model, nowMs);
    this.ask({ kind: 'tick' });
    const wallMs = this.parts.clock.wallMs();
    for (const name of this.model.schedules.due(wallMs)) this.ask({ kind: 'fireSchedule', name, wallMs });
  }
}

/** A worker is there, is not, or beats at another pace. */
const movesSilence = ({ kind }: Fact): boolean =>
  kind === 'worker.registered' || kind === 'worker.presence' || kind === 'worker.linked';

/** Each is read when it is written: there may be ten thousand. */
function* rows<Id, Row>(ids: Iterable<Id>, table: ReadonlyMap<Id, Row>): Generator<readonly [Id, Row | null]> {
  for (const id of ids) yield [id, table.get(id) ?? null];
}

const limitRow = (scope: string, max: number | undefined): JobLimit | null =>
  max === undefined ? null : { scope, max };

/** Approved, which makes it a worker, or rejected. */
const isAnswer = ({ applicant }: Extract<Fact, { kind: 'applicant.set' }>): boolean => applicant?.state !== 'pending';

/** The last beats of an attempt may come behind its end, with which its history was closed. */
function* ofLiving({ jobs }: Model, usages: Iterable<ProcessUsage>): Generator<ProcessUsage> {
  for (const usage of usages) {
    const attempt = jobs.attempt(attemptIn(usage.name) ?? '');
    if (attempt === null || isLive(attempt)) yield usage;
  }
}
