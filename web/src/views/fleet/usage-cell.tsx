import { memo } from 'react';
import type { ProcessView } from '../../../../protocol/views';
import { Sparkline } from '../../parts/sparkline';
import { formatBytes, formatCpu } from '../../state/durations';
import { latest, type UsageRing } from '../../state/usage-ring';

interface Props {
  readonly measure: 'cpu' | 'rssBytes';
  readonly process: ProcessView;
  readonly ring: UsageRing | undefined;
  readonly version: number;
}

/** One core, and 64 MB: below these a line lies low instead of showing noise as mountains. */
const TOPS = { cpu: 1, rssBytes: 64 * 1024 * 1024 } as const;

/** Fewer samples are a speck, not a line. */
const SPARK_LEAST = 3;

/** A figure and its last minutes. Nothing of a process that does not run is shown: it would be a memory, not a value. */
export const UsageCell = memo(function UsageCell({ measure, process, ring, version }: Props) {
  const value = usageOf(measure, process, ring);
  const text = value === null ? '' : measure === 'cpu' ? formatCpu(value) : formatBytes(value);
  return (
    <div className={`cell cell-usage cell-${measure === 'cpu' ? 'cpu' : 'memory'}`} role="gridcell">
      {ring !== undefined && ring.count >= SPARK_LEAST && value !== null && (
        <Sparkline ring={ring} version={version} measure={measure} width={60} height={20} top={TOPS[measure]} />
      )}
      <span className="num usage-value">{text}</span>
    </div>
  );
});

/** Null = not running, or not yet sampled. */
export function usageOf(measure: 'cpu' | 'rssBytes', process: ProcessView, ring: UsageRing | undefined): number | null {
  if (process.pid === null && process.state !== 'unknown') return null;
  const newest = latest(ring);
  if (newest !== null && newest.atMs >= (process.started_at_ms ?? 0)) return newest[measure];
  return measure === 'cpu' ? process.cpu : process.rss_bytes;
}
