/**
 * Workers as those see them who let them in: credentials, registered or not, and who waits. Source: API_JOBS 1B (seed 004),
 * whose document and source name different fields; both are here.
 */
import { fingerprintText } from '../../../protocol/fingerprint';
import type { AdminWorker } from '../../../protocol/trust-http';
import type { Model, Worker } from '../model';
import { workerState, workerView } from '../views';
import type { Account, Applicant } from './rows';

/** In no order that is promised: accounts, then workers without one, then applicants. */
export function adminWorkers(model: Model, nowMs: number): AdminWorker[] {
  const { accounts, applicants } = model.trust;
  const without = [...model.workers.values()].filter(({ id }) => model.trust.accountOf(id) === null);
  return [
    ...[...accounts.values()].map((account) => accountRow(model, account, nowMs)),
    ...without.map((worker) => ({
      ...NOTHING_KNOWN,
      ...registered(model, worker, nowMs),
      id: worker.id,
      worker_id: worker.id,
      name: worker.id,
      source: 'loopback' as const,
      created_at: iso(worker.registeredAtMs),
    })),
    ...[...applicants.values()].map(applicantRow),
  ];
}

const NOTHING_KNOWN = {
  status: 'offline',
  worker_type: 'persistent',
  gpu_count: 0,
  gpu_name: null,
  gpu_info: { name: 'Unknown', count: 0 },
  gpu_utilization: null,
  vram_used_gb: null,
  labels: {},
  provider: null,
  current_job_id: null,
  last_heartbeat: null,
  connected_at: null,
  connected: false,
  uptime_seconds: null,
  credential: null,
  fingerprint: null,
  hostname: null,
} as const;

function accountRow(model: Model, account: Account, nowMs: number): AdminWorker {
  const worker = account.worker === null ? undefined : model.workers.get(account.worker);
  return {
    ...NOTHING_KNOWN,
    labels: account.labels,
    ...(worker === undefined ? {} : registered(model, worker, nowMs)),
    id: account.id,
    worker_id: account.worker ?? '',
    name: account.name,
    worker_type: account.workerType,
    source: account.source,
    created_at: iso(account.createdAtMs),
    credential: account.credential.kind,
    fingerprint: fingerprintText(account.credential.hash),
  };
}

function registered(model: Model, worker: Worker, nowMs: number) {
  const { last_contact_ms: heardAtMs, machine } = workerView(model, worker);
  const isConnected =
    worker.presence.kind !== 'lost' &&
    (worker.type === 'plain' || worker.type === 'claim' || model.contacts.get(worker.id)?.connection != null);
  const measured = machine?.gpus?.map(({ name, memoryTotalBytes }) => ({ name, memoryBytes: memoryTotalBytes }));
  const gpus = worker.gpus ?? measured ?? [];
  const vramBytes = gpus[0]?.memoryBytes ?? null;
  const [first] = model.jobs.on(worker.id);
  const load = model.contacts.get(worker.id)?.deviceLoad ?? null;
  return {
    status: shownStatus(model, worker),
    gpu_count: gpus.length,
    gpu_name: gpus[0]?.name ?? null,
    gpu_info: {
      name: gpus[0]?.name ?? 'Unknown',
      count: gpus.length,
      ...(vramBytes === null ? {} : { vram_gb: Math.round(vramBytes / 2 ** 30), accelerator: 'cuda' }),
    },
    gpu_utilization: load?.utilization ?? null,
    vram_used_gb: load?.usedBytes == null ? null : Math.round((load.usedBytes / 2 ** 30) * 10) / 10,
    labels: worker.labels,
    current_job_id: first?.job ?? null,
    last_heartbeat: iso(heardAtMs),
    connected_at: isConnected ? iso(worker.presence.sinceMs) : null,
    connected: isConnected,
    uptime_seconds: isConnected ? Math.round((nowMs - worker.presence.sinceMs) / 1000) : null,
    hostname: worker.hostname,
  };
}

/** connecting, idle, busy, stale, draining, offline. */
export const shownStatus = (model: Model, worker: Worker): string =>
  worker.isDraining && worker.presence.kind !== 'lost' ? 'draining' : workerState(model, worker).state;

const applicantRow = (applicant: Applicant): AdminWorker => ({
  ...NOTHING_KNOWN,
  id: fingerprintText(applicant.keyHash),
  worker_id: applicant.worker,
  name: applicant.worker,
  status: applicant.state === 'pending' ? 'pending_approval' : 'rejected',
  labels: applicant.labels,
  created_at: iso(applicant.firstSeenMs),
  credential: 'key',
  source: 'pending',
  fingerprint: fingerprintText(applicant.keyHash),
  hostname: applicant.hostname,
});

const iso = (ms: number): string => new Date(ms).toISOString();
