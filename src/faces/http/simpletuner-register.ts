/**
 * A worker of SimpleTuner introduces itself (seed 004), at the path that ProcGuard's own clients register at: it has a name
 * where they have a worker_id. What it runs by its own word is brought together with what is recorded of it.
 */
import { Refusal } from '../../../protocol/errors';
import { WorkerId } from '../../../protocol/ids';
import {
  INVALID_TOKEN,
  STREAM_BEAT_MS,
  type StreamWorkerBody,
  type StreamWorkerReply,
} from '../../../protocol/simpletuner';
import { META_CONFIG_NAME, simpleTunerStatus } from '../../core/jobs/simpletuner-entry';
import { gpusOf, heldBy, shownId } from '../../core/jobs/simpletuner-worker';
import type { Model } from '../../core/model';
import type { Engine } from '../../engine/engine';
import { refuseReserved } from '../../engine/registration';
import type { Principal } from '../../trust/gate';
import { accountShown, isKnown } from '../../trust/rights';

/** What introduces itself by a name, and brings no worker_id. */
export const isStreamWorker = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'name' in body && !('worker_id' in body) && !('launcher' in body);

/** @throws Refusal login_required, worker_taken */
export async function registerStreamWorker(
  engine: Engine,
  body: StreamWorkerBody,
  principal: Principal,
): Promise<StreamWorkerReply> {
  if (!isKnown(principal)) throw new Refusal('login_required', INVALID_TOKEN);
  const worker = engine.read((model) => workerOf(model, body.name, principal));
  refuseReserved(worker);
  const current = body.current_job_id ?? null;
  const holds = engine.read((model) => heldBy(model, worker, current));
  const { keep } = await engine.submit({
    kind: 'registerAgent',
    worker,
    type: 'sse',
    hostname: body.name,
    version: null,
    labels: body.labels ?? {},
    slots: 1,
    gpus: gpusOf(body),
    heartbeatIntervalMs: STREAM_BEAT_MS,
    holds,
    isEphemeral: body.persistent === undefined ? undefined : !body.persistent,
    account: accountShown(principal, worker),
    by: principal.asker,
  });
  return engine.read((model) => {
    const job = current === null ? null : model.jobs.job(current);
    const attempt = keep.map((id) => model.jobs.attempt(id)).find((one) => one?.job === current) ?? null;
    const goesOn = job !== null && attempt?.stop === null;
    const id = shownId(model, worker);
    return {
      success: true,
      worker_id: id,
      sse_url: `/api/workers/stream?worker_id=${encodeURIComponent(id)}`,
      resume_job: goesOn
        ? { job_id: job.id, config_name: job.meta[META_CONFIG_NAME] ?? null, status: simpleTunerStatus(model, job) }
        : null,
      abandon_job: goesOn ? null : current,
    };
  });
}

/** Its token's worker; or, as that has none yet, the one of its name, if nobody else has that. */
function workerOf({ workers, trust }: Model, name: string, { asker, worker }: Principal): WorkerId {
  if (worker !== null) return worker;
  const named = WorkerId.safeParse(
    name
      .trim()
      .replaceAll(/[^\w.:@-]+/g, '-')
      .replace(/^[^A-Za-z0-9_]+/, ''),
  );
  const isFree = named.success && trust.accountOf(named.data) === null;
  if (isFree && (workers.get(named.data)?.type ?? 'sse') === 'sse') return named.data;
  if (asker.kind === 'worker' && asker.id !== null) return asker.id as WorkerId;
  throw new Refusal('worker_taken', `name ${name} is taken by another worker, or is none; choose another`);
}
