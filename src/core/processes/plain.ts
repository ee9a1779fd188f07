/** The seed's HTTP client: it says how its one process is, and takes at most one command per heartbeat (seed 002). */
import { ownAsker } from '../../../protocol/trust';
import { Refusal } from '../../../protocol/errors';
import { processKey, type ProcessName, type WorkerId } from '../../../protocol/ids';
import type { CommandOf, Decision, QueuedForPlain } from '../commands';
import { unknownWorker } from './find';
import type { Fact } from '../facts';
import { heard } from '../fleet/liveness';
import { contactOf, type Command, type Model, type PlainReport } from '../model';
import type { CoreSettings } from '../settings';
import { refused } from '../refused';

/**
 * The oldest waiting command is handed over with the reply; the others wait their turn, so none is lost or merged.
 * Handing over is its end here: what came of it shows in the next heartbeats.
 */
export function plainHeartbeat(
  model: Model,
  { worker: id, said }: CommandOf<'plainHeartbeat'>,
  _settings: CoreSettings,
  nowMs: number,
): Decision<'plainHeartbeat'> {
  const worker = model.workers.get(id);
  const key = processKey(id, id as string as ProcessName);
  const process = model.processes.get(key);
  if (worker !== undefined && worker.type !== 'plain')
    return refused(
      new Refusal(
        'worker_taken',
        `worker_id ${id} is taken: a launcher runs it, and beats over its own link. A plain client needs another id`,
      ),
    );
  if (worker === undefined || process?.actual.via !== 'plain') return refused(unknownWorker(model, id));
  contactOf(model, id, nowMs).lastContactMs = nowMs;
  const facts: Fact[] = [...heard(worker, nowMs)];
  const earlier = process.actual.report;
  const report = nextReport(earlier, said, nowMs);
  if (report !== earlier) facts.push({ kind: 'process.plain-reported', key, report, was: earlier.status });
  const next = firstWaiting(model, id);
  if (next === null) return { facts, effects: [], reply: { command: null } };
  facts.push({
    kind: 'command.done',
    command: next,
    result: { ok: true, message: 'taken by the worker with its heartbeat', certificate: null },
  });
  return { facts, effects: [], reply: { command: queued(next) } };
}

/** The same object when nothing is new: a heartbeat without news is no fact. */
export function nextReport(
  earlier: PlainReport,
  said: CommandOf<'plainHeartbeat'>['said'],
  nowMs: number,
): PlainReport {
  const status = said.status ?? earlier.status;
  const pid = said.pid === undefined ? earlier.pid : said.pid;
  const restarts = said.restarts ?? earlier.restarts;
  const exitCode = said.exitCode === undefined ? earlier.exitCode : said.exitCode;
  if (
    status === earlier.status &&
    pid === earlier.pid &&
    restarts === earlier.restarts &&
    exitCode === earlier.exitCode
  )
    return earlier;
  return { ...earlier, status, pid, restarts, exitCode, sinceMs: status === earlier.status ? earlier.sinceMs : nowMs };
}

/** Back to the head of the queue, under its old number. */
export function requeue(model: Model, { command }: CommandOf<'requeue'>): Decision<'requeue'> {
  if (!model.workers.has(command.worker)) return { facts: [], effects: [], reply: null };
  const { id, worker, process, verb, issuedAtMs, order } = command;
  const message = {
    kind: 'control',
    id,
    process,
    verb,
    onlyRun: null,
    by: 'manager',
    why: 'its reply did not reach the worker',
  } as const;
  return {
    facts: [
      {
        kind: 'command.issued',
        command: { id, worker, process, message, issuedAtMs, asker: ownAsker('manager'), order },
      },
    ],
    effects: [],
    reply: null,
  };
}

function firstWaiting(model: Model, worker: WorkerId): Command | null {
  let first: Command | null = null;
  for (const command of model.commands.of(worker)) if (first === null || command.order < first.order) first = command;
  return first;
}

function queued(command: Command): QueuedForPlain {
  if (command.message.kind !== 'control') throw new Error(`a plain worker cannot take ${command.message.kind}`);
  const { id, worker, process, issuedAtMs, order } = command;
  return { id, worker, process, issuedAtMs, order, verb: command.message.verb };
}
