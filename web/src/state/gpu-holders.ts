/** Who holds memory of a device. */
import type { ProcessView } from '../../../protocol/views';

export interface GpuHolder {
  readonly key: string;
  readonly memoryBytes: number;
}

/** Of processes that we run; the most first. */
export function holdersOf(
  { index }: { readonly index: number },
  workerId: string,
  processes: Iterable<ProcessView>,
): GpuHolder[] {
  return [...processes]
    .filter(({ worker_id: worker }) => worker === workerId)
    .flatMap(({ key, gpus }) =>
      gpus.filter((share) => share.index === index).map(({ memoryBytes }) => ({ key, memoryBytes })),
    )
    .sort((a, b) => b.memoryBytes - a.memoryBytes);
}
