/**
 * The dashboards' feed (protocol/live.ts): a snapshot, then deltas. Rows that change many times within one frame are
 * sent once; a page that nobody watches costs nothing.
 */
import type { Namespace, Socket } from 'socket.io';
import type { BrowserToServer, Delta, ManagerInfo, ServerToBrowser, Snapshot, UsageTick } from '../../../protocol/live';
import type { ProcessKey, WorkerId } from '../../../protocol/ids';
import type { ApplicantView } from '../../../protocol/trust-http';
import type { EventView, IncidentView } from '../../../protocol/views';
import { jobCounts } from '../../core/jobs/shown-state';
import { measuredGpus } from '../../core/jobs/worker-jobs';
import type { Model } from '../../core/model';
import { incidentOf } from '../../core/recovery/scene';
import { incidentView } from '../../core/recovery/view';
import { applicantViews } from '../../core/trust/view';
import type { Engine } from '../../engine/engine';
import type { Changes } from '../../engine/feed';

/** Deltas are at least this far apart. */
const FRAME_MS = 50;
/** What workers have of jobs changes with every job: told less often. */
const JOBS_FRAME_MS = 250;
const USAGE_TICK_MS = 1000;
const EVENTS_IN_SNAPSHOT = 200;
/** The room of those who watch. */
export const WATCHERS = 'watchers';

export type LiveNamespace = Namespace<BrowserToServer, ServerToBrowser>;
export type LiveSocket = Socket<BrowserToServer, ServerToBrowser>;

export class Dashboards {
  private seq = 0;
  private readonly workers = new Set<WorkerId>();
  private readonly processes = new Set<ProcessKey>();
  private events: EventView[] = [];
  /** Somebody knocked, or was answered. */
  private areApplicantsNews = false;
  private frame: NodeJS.Timeout | null = null;
  /** Workers of which no more is news than their jobs. */
  private readonly busied = new Set<WorkerId>();
  private jobsFrame: NodeJS.Timeout | null = null;
  private readonly ticker: NodeJS.Timeout;
  private lastTickMs = 0;
  /** By worker: its devices as they were told last. */
  private devices = new Map<WorkerId, string>();
  private readonly unlisten: () => void;

  constructor(
    private readonly namespace: LiveNamespace,
    private readonly engine: Engine,
    private readonly info: () => ManagerInfo,
    /** Who waits for approval is told to nobody else. */
    private readonly mayApprove: (socket: LiveSocket) => boolean,
  ) {
    this.unlisten = engine.feed.listen((changes) => this.collect(changes));
    this.ticker = setInterval(() => this.tick(), USAGE_TICK_MS);
  }

  serve(socket: LiveSocket): void {
    socket.on('watch', (reply) => {
      if (typeof reply !== 'function') return;
      // What is collected so far is in the snapshot; whoever joins now must not see it as a later delta with a hole.
      this.flush();
      void socket.join(WATCHERS);
      reply(this.snapshot(this.mayApprove(socket)));
    });
  }

  close(): void {
    this.unlisten();
    clearInterval(this.ticker);
    if (this.frame !== null) clearTimeout(this.frame);
    if (this.jobsFrame !== null) clearTimeout(this.jobsFrame);
  }

  private snapshot(mayApprove: boolean): Snapshot {
    const { workers, processes } = this.engine.read((model) => ({
      workers: [...model.workers.keys()],
      processes: [...model.processes.keys()],
    }));
    return {
      seq: this.seq,
      manager: this.info(),
      workers: workers.flatMap((id) => this.engine.workerView(id) ?? []),
      processes: processes.flatMap((key) => this.engine.processView(key) ?? []),
      events: this.engine.events({ limit: EVENTS_IN_SNAPSHOT }),
      incident: this.incident(),
      applicants: mayApprove ? this.engine.read(applicantViews) : [],
      jobs: this.engine.read(jobCounts),
    };
  }

  private incident(): IncidentView | null {
    const incident = this.engine.read(incidentOf);
    return incident === null ? null : incidentView(incident);
  }

  private collect({ touched, events }: Changes): void {
    // Whoever comes gets a snapshot.
    if (!this.isWatched) return;
    for (const id of touched.workers) this.workers.add(id);
    for (const key of touched.processes) {
      this.processes.add(key);
      // A worker is busy or idle by what it runs.
      this.workers.add(key.slice(0, key.indexOf('/')) as WorkerId);
    }
    this.events.push(...events);
    if (touched.applicants.size > 0) this.areApplicantsNews = true;
    if (this.frame === null && this.hasNews) this.frame = setTimeout(() => this.flush(), FRAME_MS);
    if (touched.attempts.size > 0) this.collectBusied(touched.attempts);
  }

  private collectBusied(attempts: Changes['touched']['attempts']): void {
    this.engine.read(({ jobs }) => {
      for (const id of attempts) {
        const worker = jobs.attempt(id)?.worker;
        if (worker !== undefined) this.busied.add(worker);
      }
    });
    this.jobsFrame ??= setTimeout(() => {
      this.jobsFrame = null;
      for (const id of this.busied) this.workers.add(id);
      this.flush();
    }, JOBS_FRAME_MS);
  }

  private get isWatched(): boolean {
    return (this.namespace.adapter.rooms.get(WATCHERS)?.size ?? 0) > 0;
  }

  private get hasNews(): boolean {
    return this.workers.size + this.processes.size + this.events.length > 0 || this.areApplicantsNews;
  }

  private flush(): void {
    if (this.frame !== null) clearTimeout(this.frame);
    this.frame = null;
    if (!this.hasNews) return;
    const delta: Delta = {
      seq: ++this.seq,
      at_ms: this.engine.nowMs,
      workers: [],
      processes: [],
      removed_workers: [],
      removed_processes: [],
      events: this.events,
      incident: this.incident(),
      applicants: [],
    };
    for (const id of this.workers) {
      this.busied.delete(id);
      const view = this.engine.workerView(id);
      if (view === null) delta.removed_workers.push(id);
      else delta.workers.push(view);
    }
    for (const key of this.processes) {
      const view = this.engine.processView(key);
      if (view === null) delta.removed_processes.push(key);
      else delta.processes.push(view);
    }
    this.workers.clear();
    this.processes.clear();
    this.events = [];
    this.areApplicantsNews = false;
    this.tell(delta, this.engine.read(applicantViews));
  }

  private tell(delta: Delta, applicants: ApplicantView[]): void {
    if (applicants.length === 0) return void this.namespace.to(WATCHERS).emit('delta', delta);
    for (const id of this.namespace.adapter.rooms.get(WATCHERS) ?? []) {
      const socket = this.namespace.sockets.get(id);
      socket?.emit('delta', this.mayApprove(socket) ? { ...delta, applicants } : delta);
    }
  }

  /** Who was heard since the last tick, with what it used. Sent even when empty: it is the page's proof of life. */
  private tick(): void {
    if (!this.isWatched) return;
    const sinceMs = this.lastTickMs;
    const tick: UsageTick = { at_ms: (this.lastTickMs = this.engine.nowMs), workers: [], processes: [], devices: [] };
    this.engine.read((model) => {
      for (const [id, contact] of model.contacts) {
        if (contact.lastContactMs <= sinceMs) continue;
        const { machine } = contact;
        const used =
          machine === null || machine.memoryTotalBytes === 0
            ? null
            : 1 - machine.memoryAvailableBytes / machine.memoryTotalBytes;
        tick.workers.push([id, contact.lastContactMs, machine?.cpu ?? null, used]);
        for (const usage of contact.usage.values())
          tick.processes.push([`${id}/${usage.name}`, usage.cpu, usage.rssBytes]);
      }
      tick.devices = this.newDevices(model);
    });
    this.namespace.to(WATCHERS).emit('usage', tick);
  }

  /** Of the workers on whose devices a figure is another one than was told. */
  private newDevices(model: Model): UsageTick['devices'] {
    const told = this.devices;
    this.devices = new Map();
    const news: UsageTick['devices'] = [];
    for (const worker of model.workers.values()) {
      const devices = measuredGpus(model, worker);
      if (devices.length === 0 && !told.has(worker.id)) continue;
      const text = JSON.stringify(devices);
      this.devices.set(worker.id, text);
      if (told.get(worker.id) !== text) news.push([worker.id, devices]);
    }
    return news;
  }
}
