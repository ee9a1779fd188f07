/** A few minutes of one measure. The figure beside it is the information; the line is for the eye. */
import { memo } from 'react';
import { sparkPaths } from '../state/spark-path';
import { samplesOf, type UsageRing } from '../state/usage-ring';

export const SPARK_SPAN_MS = 180_000;

interface Props {
  readonly ring: UsageRing;
  /** Of the ring, which changes in place. */
  readonly version: number;
  readonly measure: 'cpu' | 'rssBytes';
  readonly width: number;
  readonly height: number;
  /** The least value that fills the height. */
  readonly top: number;
}

export const Sparkline = memo(function Sparkline({ ring, measure, width, height, top }: Props) {
  const samples = samplesOf(ring, measure);
  const untilMs = samples.at(-1)?.atMs ?? 0;
  const { line, area } = sparkPaths(samples, { width, height, untilMs, spanMs: SPARK_SPAN_MS, top });
  return (
    <svg
      className="spark"
      data-measure={measure}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={area} className="spark-area" />
      <path d={line} className="spark-line" />
    </svg>
  );
});
