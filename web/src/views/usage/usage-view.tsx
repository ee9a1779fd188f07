/** What a process or a machine used, over a time that the reader chooses. */
import { useState } from 'react';
import type { UsageReply } from '../../../../protocol/http';
import type { ProcessView, WorkerView } from '../../../../protocol/views';
import { readMachineUsage, readProcessUsage } from '../../link/usage';
import { useAnswer, type Answer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { LIVE_FIGURES, RANGE_MS, RANGES, type Figure, type Range } from '../../state/usage-ranges';
import { samplesOf, type Sample, type UsageRing } from '../../state/usage-ring';
import { GpuTable } from './gpu-table';
import { UsageCharts } from './usage-charts';

export type UsageOf =
  | { readonly kind: 'process'; readonly process: ProcessView }
  | { readonly kind: 'worker'; readonly worker: WorkerView };

export function UsageView({ of }: { of: UsageOf }) {
  const { usage } = useWords();
  const [range, setRange] = useState<Range>('5m');
  return (
    <div className="details">
      <div className="chips usage-ranges" role="group" aria-label={usage.range}>
        {RANGES.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={one === range} onClick={() => setRange(one)}>
            {usage.ranges[one]}
          </button>
        ))}
      </div>
      {/* Another range is another question: nothing of the last one is shown under its name. */}
      <Charts key={range} of={of} range={range} />
      {of.kind === 'worker' && <GpuTable worker={of.worker} />}
    </div>
  );
}

/** Between two readings live values are added; whole charts are read again at this pace, while ticks come. */
const READ_AGAIN_MS = 10_000;

function Charts({ of, range }: { of: UsageOf; range: Range }) {
  const { usage } = useWords();
  const id = of.kind === 'process' ? of.process.key : of.worker.worker_id;
  const ring = useFleet((fleet) => (of.kind === 'process' ? fleet.usage.get(id) : undefined));
  const tickMs = useFleet((fleet) => fleet.tickMs);
  const answer: Answer<UsageReply> = useAnswer(
    (signal) =>
      of.kind === 'process' ? readProcessUsage(of.process, range, signal) : readMachineUsage(id, range, signal),
    [id, Math.floor(tickMs / READ_AGAIN_MS)],
  );
  return (
    <UsageCharts
      answer={answer}
      none={usage.none}
      spanMs={({ from_ms: fromMs }) => {
        const untilMs = Math.max(tickMs, fromMs + RANGE_MS[range]);
        return [untilMs - RANGE_MS[range], untilMs];
      }}
      samples={(figure) => liveSamples(ring, figure)}
    />
  );
}

function liveSamples(ring: UsageRing | undefined, figure: Figure): readonly Sample[] {
  if (ring === undefined || !(figure in LIVE_FIGURES)) return [];
  return samplesOf(ring, LIVE_FIGURES[figure as keyof typeof LIVE_FIGURES]);
}
