/** One figure over time, with its newest and its largest value, and under the pointer the value there. */
import { useState } from 'react';
import { dayOf, fullTime, minuteOf } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { highest, newest, type ChartData } from '../../state/chart-data';
import { formatFigure } from '../../state/figure-text';
import { AXIS_STEPS, isBytes, LEAST_TOP, type Figure } from '../../state/usage-ranges';
import { LineChart } from './line-chart';

interface Props {
  readonly figure: Figure;
  readonly data: ChartData;
  readonly fromMs: number;
  readonly untilMs: number;
  /** A step is longer than a second: its mean hides a peak, which is drawn too. */
  readonly withPeak: boolean;
}

const DAY_MS = 86_400_000;

export function UsageChart({ figure, data, fromMs, untilMs, withPeak }: Props) {
  const words = useWords();
  const { usage } = words;
  /** The step under the pointer; null = none. */
  const [at, setAt] = useState<number | null>(null);
  const text = (value: number | null | undefined) => (value == null ? '—' : formatFigure(figure, value));
  const most = highest(data);
  const seconds = at === null ? undefined : data.seconds[at];
  const label = usage.figures[figure];
  return (
    <figure className="chart">
      <figcaption>
        <span>{label}</span>
        {at === null || seconds === undefined ? (
          <>
            <strong className="num">{text(newest(data))}</strong>
            <span className="num chart-most">↑ {text(most)}</span>
          </>
        ) : (
          <>
            <span className="num">{fullTime(seconds * 1000, words.locale)}</span>
            <strong className="num">{text(data.mean[at])}</strong>
          </>
        )}
      </figcaption>
      <LineChart
        label={usage.described(label, text(newest(data)), text(most))}
        data={data}
        fromMs={fromMs}
        untilMs={untilMs}
        withPeak={withPeak}
        format={(value) => formatFigure(figure, value)}
        formatTime={(ms) => (untilMs - fromMs > DAY_MS ? dayOf(ms, words.locale) : minuteOf(ms, words.locale))}
        top={LEAST_TOP[figure]}
        steps={isBytes(figure) ? AXIS_STEPS.bytes : AXIS_STEPS.plain}
        tone={figure === 'memory' || figure === 'gpu_memory' ? '--lost' : '--moving'}
        onPoint={setAt}
      />
    </figure>
  );
}
