/** Workers of SimpleTuner as rows of ours. Source: API_JOBS 1B "GPU detect fields"; each field under both of its names. */
import type { WorkerId } from '../../../protocol/ids';
import type { AttemptId } from '../../../protocol/jobs';
import type { StreamWorkerBody } from '../../../protocol/simpletuner';
import type { Model } from '../model';
import { isLive, type Attempt, type DeclaredGpu } from './rows';

const GIB = 2 ** 30;

export function gpusOf({ gpu_info: info, gpu_count, gpu_name, gpu_vram_gb }: StreamWorkerBody): DeclaredGpu[] {
  const count = info?.count ?? gpu_count ?? 0;
  const name = info?.name ?? gpu_name ?? 'Unknown';
  const vramGb = info?.vram_gb ?? gpu_vram_gb ?? null;
  return Array.from({ length: count }, (_, index) => ({
    index,
    name,
    memoryBytes: vramGb === null ? null : Math.round(vramGb * GIB),
  }));
}

/** The id under which admins see it, which is what its programs are given; its own where it has no credential. */
export const shownId = (model: Model, worker: WorkerId): string => model.trust.accountOf(worker)?.id ?? worker;

/** What it holds by its own word: the job that it names, and whatever it was not yet told of. */
export function heldBy(model: Model, worker: WorkerId, currentJob: string | null): AttemptId[] {
  return [...model.jobs.on(worker)]
    .filter(({ job, state }) => job === currentJob || state.kind === 'assigned')
    .map(({ id }) => id);
}

/** The attempt that it means: the one that it names, or its live one, or the last that it had. Null = never its own. */
export function attemptMeant(model: Model, worker: WorkerId, job: string, named: string | null): Attempt | null {
  const own = model.jobs.attemptsOf(job as never).filter((attempt) => attempt.worker === worker);
  if (named !== null) return own.find(({ id }) => id === named) ?? null;
  return own.find(isLive) ?? own.at(-1) ?? null;
}
