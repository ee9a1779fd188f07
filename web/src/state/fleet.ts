/**
 * What the manager has told this page. Rows keep their identity until the manager says otherwise: a row that was not in
 * a delta is the same object, so its drawing is not repeated.
 */
import type { Delta, ManagerInfo, Snapshot, UsageTick } from '../../../protocol/live';
import type { MeasuredGpu } from '../../../protocol/job-views';
import type { ApplicantView } from '../../../protocol/trust-http';
import type { EventView, IncidentView, ProcessView, WorkerView } from '../../../protocol/views';
import { createRing, pushSample, type UsageRing } from './usage-ring';

/** A worker's latest sign of life, newer than its row because rows are not sent again for a heartbeat. */
export interface Contact {
  readonly atMs: number;
  /** Fraction of the machine; null = not sampled. */
  readonly cpu: number | null;
  readonly memory: number | null;
}

export interface Fleet {
  /** Of the last delta; null = no snapshot yet. */
  readonly seq: number | null;
  readonly manager: ManagerInfo | null;
  readonly workers: ReadonlyMap<string, WorkerView>;
  readonly processes: ReadonlyMap<string, ProcessView>;
  /** Newest last. */
  readonly events: readonly EventView[];
  /** Many failures at once, while that goes on; null = none. */
  readonly incident: IncidentView | null;
  /** Launchers that ask to be let in; the longest waiting first. Empty for whoever may not approve. */
  readonly applicants: readonly ApplicantView[];
  /** By process key. The rings change in place; `ticks` says that some did. */
  readonly usage: ReadonlyMap<string, UsageRing>;
  readonly contacts: ReadonlyMap<string, Contact>;
  /** By worker: its devices as ticks told of them since its row; absent = as its row says. */
  readonly devices: ReadonlyMap<string, readonly MeasuredGpu[]>;
  readonly ticks: number;
  /** Of the last tick, by the manager's clock. */
  readonly tickMs: number;
}

export const NOTHING_YET: Fleet = {
  seq: null,
  manager: null,
  workers: new Map(),
  processes: new Map(),
  events: [],
  incident: null,
  applicants: [],
  usage: new Map(),
  contacts: new Map(),
  devices: new Map(),
  ticks: 0,
  tickMs: 0,
};

/** Events kept in the page; older ones are the manager's to tell. */
export const EVENTS_KEPT = 2_000;

export function withSnapshot(fleet: Fleet, snapshot: Snapshot): Fleet {
  const processes = new Map(snapshot.processes.map((process) => [process.key, process]));
  return {
    seq: snapshot.seq,
    manager: snapshot.manager,
    workers: new Map(snapshot.workers.map((worker) => [worker.worker_id, worker])),
    processes,
    events: snapshot.events.slice(-EVENTS_KEPT),
    incident: snapshot.incident,
    applicants: snapshot.applicants,
    usage: new Map([...fleet.usage].filter(([key]) => processes.has(key))),
    contacts: new Map(),
    devices: new Map(),
    ticks: fleet.ticks + 1,
    tickMs: snapshot.manager.now_ms,
  };
}

/** `hole`: a delta is missing before this one; only a new snapshot helps. An old delta changes nothing. */
export function withDelta(fleet: Fleet, delta: Delta): Fleet | 'hole' {
  if (fleet.seq === null || delta.seq > fleet.seq + 1) return 'hole';
  if (delta.seq <= fleet.seq) return fleet;
  return {
    ...fleet,
    seq: delta.seq,
    workers: patched(fleet.workers, delta.removed_workers, delta.workers, (worker) => worker.worker_id),
    processes: patched(fleet.processes, delta.removed_processes, delta.processes, (process) => process.key),
    events: delta.events.length === 0 ? fleet.events : [...fleet.events, ...delta.events].slice(-EVENTS_KEPT),
    incident: sameOr(fleet.incident, delta.incident),
    applicants: sameOr(fleet.applicants, delta.applicants),
    usage: delta.removed_processes.length === 0 ? fleet.usage : patched(fleet.usage, delta.removed_processes, []),
  };
}

export function withUsage(fleet: Fleet, tick: UsageTick): Fleet {
  let usage = fleet.usage;
  for (const [key, cpu, rssBytes] of tick.processes) {
    if (!fleet.processes.has(key)) continue;
    let ring = usage.get(key);
    if (ring === undefined) {
      ring = createRing();
      usage = usage === fleet.usage ? new Map(usage) : usage;
      (usage as Map<string, UsageRing>).set(key, ring);
    }
    pushSample(ring, tick.at_ms, cpu, rssBytes);
  }
  const contacts = new Map(fleet.contacts);
  for (const [worker, atMs, cpu, memory] of tick.workers) contacts.set(worker, { atMs, cpu, memory });
  const devices = tick.devices.length === 0 ? fleet.devices : new Map([...fleet.devices, ...tick.devices]);
  return { ...fleet, usage, contacts, devices, ticks: fleet.ticks + 1, tickMs: tick.at_ms };
}

/** When the worker was last heard of, whichever of its row and the ticks is newer. */
export const lastContactMs = (fleet: Fleet, worker: WorkerView): number =>
  Math.max(worker.last_contact_ms, fleet.contacts.get(worker.worker_id)?.atMs ?? 0);

/** Every delta carries it: the same one keeps its identity. */
const sameOr = <T>(before: T, now: T): T => (JSON.stringify(before) === JSON.stringify(now) ? before : now);

function patched<V>(
  before: ReadonlyMap<string, V>,
  removed: readonly string[],
  changed: readonly V[],
  keyOf?: (value: V) => string,
): ReadonlyMap<string, V> {
  if (removed.length === 0 && changed.length === 0) return before;
  const after = new Map(before);
  for (const key of removed) after.delete(key);
  for (const value of changed) if (keyOf) after.set(keyOf(value), value);
  return after;
}
