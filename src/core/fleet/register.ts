/** A worker introduces itself: by HTTP, then by opening its link, then by telling all it runs. */
import { Refusal } from '../../../protocol/errors';
import { LIMITS } from '../../../protocol/limits';
import { processKey, type ProcessName } from '../../../protocol/ids';
import type { LauncherIdentity } from '../../../protocol/link';
import type { CommandOf, Decision, Effect } from '../commands';
import type { Fact } from '../facts';
import { contactOf, hasLauncher, newProcess, processesOf, type Model, type Process, type Worker } from '../model';
import { issue } from '../processes/issue';
import { FAILURE_HANDLER } from '../recovery/scene';
import { wholeStandings } from '../processes/standings';
import { paceMs, type CoreSettings } from '../settings';
import { admit, admitPlain, proves } from '../trust/admission';
import { syncAttempts } from '../jobs/told';
import { containerRefusal } from './abilities';
import { noteSlotsHeld } from './figures';
import { heard } from './liveness';
import { refused } from '../refused';
import { outdatedRunAfter } from '../processes/outdated';

export function registerLauncher(
  model: Model,
  { identity, proof, newAccount }: CommandOf<'registerLauncher'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'registerLauncher'> {
  const misspoken = protocolRefusal(identity);
  if (misspoken !== null) return refused(misspoken);
  const admission = admit(model, identity, proof, newAccount, nowMs);
  if ('refusal' in admission) return { facts: admission.facts, effects: [], reply: admission.refusal };
  // Behind the admission: which machine has a worker id is not for strangers.
  const taken = takenRefusal(model, identity);
  if (taken !== null) return refused(taken);
  const earlier = model.workers.get(identity.worker);
  contactOf(model, identity.worker, nowMs).lastContactMs = nowMs;
  const worker: Worker = {
    id: identity.worker,
    type: identity.kind,
    hostname: identity.hostname,
    labels: { ...identity.labels, ...admission.account?.labels },
    version: identity.version,
    instance: earlier?.instance ?? null,
    ackedSeq: earlier?.ackedSeq ?? 0,
    registeredAtMs: earlier?.registeredAtMs ?? nowMs,
    heartbeatIntervalMs: identity.heartbeatIntervalMs,
    presence: { kind: 'connecting', sinceMs: nowMs },
    isDraining: earlier?.isDraining ?? false,
    slots: identity.slots ?? 0,
    gpus: null,
    ...(identity.abilities === undefined ? {} : { abilities: identity.abilities }),
  };
  return {
    facts: [...admission.facts, { kind: 'worker.registered', worker, isNew: earlier === undefined }],
    effects: [],
    reply: { paceMs: paceMs(settings, identity.heartbeatIntervalMs) },
  };
}

export function registerPlain(
  model: Model,
  command: CommandOf<'registerPlain'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'registerPlain'> {
  const { id } = command;
  const earlier = model.workers.get(id);
  if (earlier !== undefined && earlier.type !== 'plain') return refused(taken(earlier, 'a launcher runs it'));
  const admission = admitPlain(model, id, command.account);
  if ('refusal' in admission) return refused(admission.refusal);
  contactOf(model, id, nowMs).lastContactMs = nowMs;
  const worker: Worker = {
    id,
    type: 'plain',
    hostname: command.hostname,
    labels: { ...command.labels, ...admission.account?.labels },
    version: null,
    instance: null,
    ackedSeq: 0,
    registeredAtMs: earlier?.registeredAtMs ?? nowMs,
    heartbeatIntervalMs: command.heartbeatIntervalMs,
    presence: { kind: 'present', sinceMs: nowMs },
    isDraining: earlier?.isDraining ?? false,
    slots: 0,
    gpus: null,
  };
  const name = id as string as ProcessName;
  const key = processKey(id, name);
  const known = model.processes.get(key);
  const process: Process = {
    key,
    worker: id,
    name,
    command: command.command,
    workingDir: command.workingDir,
    spec: null,
    desired: known?.desired ?? 'stopped',
    actual: {
      via: 'plain',
      report: { status: 'registered', pid: null, restarts: 0, exitCode: null, sinceMs: nowMs, run: command.run },
    },
    certificate: null,
    lastEndedRun: null,
    lastEndedBytes: null,
    supersededBy: null,
  };
  return {
    facts: [
      ...admission.facts,
      { kind: 'worker.registered', worker, isNew: earlier === undefined },
      { kind: 'process.defined', process, isNew: known === undefined },
    ],
    effects: [],
    reply: { paceMs: paceMs(settings, command.heartbeatIntervalMs) },
  };
}

/** A new connection takes the place of an older one of the same worker: the older is a half-open ghost. */
export function openLink(
  model: Model,
  { identity, proof, connection }: CommandOf<'openLink'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'openLink'> {
  const worker = model.workers.get(identity.worker);
  const account = model.trust.accountOf(identity.worker);
  const isProven = account === null ? proof.isTrusted : proves(account, proof);
  // One sentence for both: which workers there are is not for strangers.
  if (worker === undefined || !hasLauncher(worker) || !isProven)
    return refused(
      new Refusal(
        'unknown_worker',
        `worker ${identity.worker} is not registered here by this launcher; register first`,
      ),
    );
  const refusal = protocolRefusal(identity) ?? takenRefusal(model, identity);
  if (refusal !== null) return refused(refusal);
  const contact = contactOf(model, identity.worker, nowMs);
  const effects: Effect[] =
    contact.connection === null || contact.connection === connection
      ? []
      : [
          {
            kind: 'closeConnection',
            connection: contact.connection,
            why: 'a newer connection of this worker took its place',
          },
        ];
  contact.connection = connection;
  contact.synced = false;
  contact.lastContactMs = nowMs;
  if (worker.instance !== identity.instance) contact.ackedSeq = 0;
  const restarted = worker.instance !== null && worker.instance !== identity.instance;
  return {
    facts: [{ kind: 'worker.linked', id: worker.id, instance: identity.instance, restarted }],
    effects,
    reply: null,
  };
}

/** Silence begins now; it is judged by the clock, not by the closed socket. */
export function closeLink(model: Model, { worker, connection }: CommandOf<'closeLink'>): Decision<'closeLink'> {
  const contact = model.contacts.get(worker);
  if (contact?.connection === connection) {
    contact.connection = null;
    contact.synced = false;
  }
  return { facts: [], effects: [], reply: null };
}

/**
 * The launcher's whole table. What it says replaces what was recorded; then every command not yet done is sent again
 * in order (the launcher recognises repeats), and what was superseded meanwhile is stopped before anything else.
 */
export function sync(
  model: Model,
  { worker: id, connection, message }: CommandOf<'sync'>,
  settings: CoreSettings,
  nowMs: number,
): Decision<'sync'> {
  const worker = model.workers.get(id);
  const contact = model.contacts.get(id);
  if (worker === undefined || contact?.connection !== connection)
    return refused(new Refusal('unknown_worker', `worker ${id} is not registered here; register first`));
  contact.synced = true;
  contact.tableSeq = message.newestSeq ?? 0;
  contact.movedBack.clear();
  // The launcher tells its figures anew.
  contact.usage.clear();
  noteSlotsHeld(model, id, message.slotsHeld ?? 0);
  contact.lastContactMs = nowMs;
  const facts: Fact[] = [...heard(worker, nowMs)];
  const effects = wholeStandings(
    model,
    id,
    message.processes.map(({ spec }) => spec.dependsOn),
  );
  const told = new Set<string>();
  for (const { spec, report } of message.processes) {
    const key = processKey(id, spec.name);
    told.add(key);
    const known = model.processes.get(key);
    const fresh = newProcess(id, spec, report);
    const process: Process =
      known === undefined
        ? fresh
        : {
            ...fresh,
            actual: known.actual.via === 'launcher' ? known.actual : fresh.actual,
            certificate: known.certificate,
            lastEndedRun: known.lastEndedRun,
            lastEndedBytes: known.lastEndedBytes,
            supersededBy: known.supersededBy,
            outdatedRun: outdatedRunAfter(known, spec),
          };
    if (known === undefined || JSON.stringify(known.spec) !== JSON.stringify(spec))
      facts.push({ kind: 'process.defined', process, isNew: known === undefined });
    facts.push({
      kind: 'process.reported',
      key,
      report,
      was: known?.actual.via === 'launcher' ? known.actual.report.state.kind : '',
    });
    if (process.supersededBy !== null && report.state.kind !== 'stopped' && !isBeingSuperseded(model, process)) {
      const { command } = issue(model, facts, nowMs, {
        worker: id,
        process: spec.name,
        by: FAILURE_HANDLER,
        why: `it runs as ${process.supersededBy} now`,
        payload: { kind: 'supersede', process: spec.name },
      });
      effects.unshift({ kind: 'send', worker: id, message: command.message });
    }
  }
  for (const process of processesOf(model, id))
    if (!told.has(process.key))
      facts.push({ kind: 'process.removed', key: process.key, why: 'its launcher no longer knows it' });
  for (const command of model.commands.of(id)) {
    const { message: waiting } = command;
    // It was given when another launcher was here.
    const unable = waiting.kind === 'define' ? containerRefusal(worker, waiting.spec, waiting.spec.name) : null;
    if (unable === null) effects.push({ kind: 'send', worker: id, message: waiting });
    else
      facts.push({ kind: 'command.done', command, result: { ok: false, message: unable.message, certificate: null } });
  }
  const attempts = syncAttempts(model, worker, message.attempts ?? [], nowMs);
  facts.push(...attempts.facts);
  effects.push(...attempts.effects);
  model.jobs.mayMatch = true;
  return { facts, effects, reply: { paceMs: paceMs(settings, worker.heartbeatIntervalMs) } };
}

const isBeingSuperseded = (model: Model, process: Process): boolean =>
  [...model.commands.of(process.worker)].some(
    ({ message }) => message.kind === 'supersede' && message.process === process.name,
  );

function protocolRefusal(identity: LauncherIdentity): Refusal | null {
  if (identity.protocol === LIMITS.protocolVersion) return null;
  return new Refusal(
    'protocol_mismatch',
    `launcher ${identity.worker} speaks protocol ${identity.protocol}, this manager ${LIMITS.protocolVersion}; install the same version on both`,
  );
}

/**
 * One id, one machine. A launcher that was restarted, or whose machine was rebooted, comes back under its host name;
 * another machine under the same id could start a second copy of what still runs on the first.
 */
function takenRefusal(model: Model, identity: LauncherIdentity): Refusal | null {
  const worker = model.workers.get(identity.worker);
  if (worker === undefined || worker.hostname === identity.hostname) return null;
  if (!hasLauncher(worker))
    return worker.presence.kind === 'lost' ? null : taken(worker, 'a plain HTTP client uses it');
  const holdsSomething = processesOf(model, worker.id).some(
    ({ actual }) => actual.via === 'launcher' && !['stopped', 'exited', 'failed'].includes(actual.report.state.kind),
  );
  return worker.presence.kind === 'lost' && !holdsSomething
    ? null
    : taken(worker, `the machine ${worker.hostname} has it`);
}

const taken = (worker: Worker, who: string): Refusal =>
  new Refusal(
    'worker_taken',
    `worker_id ${worker.id} is taken: ${who}. Choose another id, or remove the old worker if it is gone for good (POST /api/workers/${worker.id}/unregister)`,
    { worker_id: worker.id },
  );
