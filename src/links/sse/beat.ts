/** A heartbeat renews what its worker says it runs, in memory, and tells figures. Nothing that it says changes what it is to do. */
import type { z } from 'zod';
import type { WorkerId } from '../../../protocol/ids';
import type { StreamBeatBody } from '../../../protocol/simpletuner';
import { isOver, type Attempt, type DeviceLoad, type Progress } from '../../core/jobs/rows';
import { unheard } from '../../core/jobs/streams';
import type { Engine } from '../../engine/engine';
import { progressOf } from './progress';
import type { Streams } from './streams';

const GIB = 2 ** 30;

export function hearBeat(
  engine: Engine,
  streams: Streams,
  worker: WorkerId,
  { status, current_job_id: current, job_progress: progress, ...figures }: z.output<typeof StreamBeatBody>,
): void {
  engine.agentBeat(worker, null, loadOf(figures));
  // One that is silent about its job, or only says that it has one, has what it was given.
  const isSilent = current === undefined || (current === null && status === 'busy');
  const live = engine.read(({ jobs }) => [...jobs.on(worker)]);
  const renewed = live.filter(({ job }) => isSilent || job === current);
  engine.renew(
    worker,
    renewed.map(({ id }) => id),
  );
  if (progress != null) for (const attempt of renewed) tellProgress(engine, attempt, progressOf(progress));
  if (current === null && status !== 'busy')
    for (const effect of engine.read((model) => unheard(model, worker, engine.nowMs))) streams.deliver(effect);
  if (current == null || renewed.length > 0) return;
  // It goes on with what was given up: that is over by now, or another has it.
  const attempt = engine.read(({ jobs }) => {
    const job = jobs.job(current);
    const isAnothers = job === null || isOver(job) || jobs.liveOf(job.id).length > 0;
    return isAnothers ? (jobs.attemptsOf(current as never).findLast((one) => one.worker === worker) ?? null) : null;
  });
  // What ended by its own word it only has not put away yet.
  if (attempt?.state.kind !== 'ended' || attempt.state.outcome !== 'lost') return;
  const why = 'it is over here, or another has it';
  streams.deliver({
    kind: 'job',
    worker,
    word: { kind: 'stop', attempt: attempt.id, outcome: 'lost', by: 'the manager', why },
  });
}

/** A fact only where it is news. */
function tellProgress(engine: Engine, { id, worker, job, state }: Attempt, told: Progress): void {
  const known = engine.read(({ jobs }) => jobs.job(job)?.progress ?? null);
  const isNews = known?.percent !== told.percent || known?.message !== told.message;
  if (state.kind !== 'running' || !isNews) return;
  // One that ended meanwhile has no progress any more.
  engine.submit({ kind: 'attemptProgress', worker, job, attempt: id, ...told }).catch(() => undefined);
}

type Figures = Pick<z.output<typeof StreamBeatBody>, 'gpu_utilization' | 'vram_used_gb'>;

function loadOf({ gpu_utilization: busy, vram_used_gb: usedGb }: Figures): DeviceLoad | null {
  if (busy == null && usedGb == null) return null;
  return {
    utilization: busy == null ? null : busy > 1 ? busy / 100 : busy,
    usedBytes: usedGb == null ? null : usedGb * GIB,
  };
}
