import type { ProcessView } from '../../../../protocol/views';
import { Sparkline } from '../../parts/sparkline';
import { useFleet } from '../../parts/use-store';
import { formatBytes, formatCpu } from '../../state/durations';
import { samplesOf } from '../../state/usage-ring';
import { usageOf } from '../fleet/usage-cell';

interface Props {
  readonly process: ProcessView;
  readonly measure: 'cpu' | 'rssBytes';
  readonly label: string;
}

/** A sparkline large enough to read, with the newest and the largest value. */
export function UsageChart({ process, measure, label }: Props) {
  const ring = useFleet((fleet) => fleet.usage.get(process.key));
  const version = useFleet((fleet) => fleet.usage.get(process.key)?.version ?? 0);
  const format = measure === 'cpu' ? formatCpu : formatBytes;
  const value = usageOf(measure, process, ring);
  const most = ring ? samplesOf(ring, measure).reduce((top, sample) => Math.max(top, sample.value), 0) : 0;
  return (
    <figure className="chart">
      <figcaption>
        <span>{label}</span>
        <strong className="num">{value === null ? '—' : format(value)}</strong>
        <span className="num chart-most">↑ {format(most)}</span>
      </figcaption>
      {ring && <Sparkline ring={ring} version={version} measure={measure} width={320} height={56} top={most * 1.15} />}
    </figure>
  );
}
