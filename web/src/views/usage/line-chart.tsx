/** uPlot in the page's colours and sizes. Holes stay holes; all charts of a page share one pointer. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useSettings } from '../../parts/use-store';
import type { ChartData } from '../../state/chart-data';

interface Props {
  /** For those who cannot see it. */
  readonly label: string;
  readonly data: ChartData;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly withPeak: boolean;
  readonly format: (value: number) => string;
  readonly formatTime: (ms: number) => string;
  /** The least value at the top. */
  readonly top: number;
  readonly steps: readonly number[];
  /** A colour of tokens.css. */
  readonly tone: string;
  /** The place in the data under the pointer; null = it left. */
  readonly onPoint: (at: number | null) => void;
}

const HEIGHT = 132;
/** Room for `1.21 GB/s`. */
const AXIS_WIDTH = 66;
const CURSORS = 'usage';

export function LineChart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const theme = useThemeKey();
  const now = useRef(props);
  now.current = props;

  // A canvas knows no variables of the style sheet: another theme is another chart.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const drawn = new uPlot(optionsOf(element, now), aligned(now.current.data), element);
    chart.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      chart.current = null;
    };
  }, [theme, props.tone, props.withPeak]);

  useEffect(() => chart.current?.setData(aligned(props.data)), [props.data, props.fromMs, props.untilMs]);
  return <div ref={box} className="line-chart" role="img" aria-label={props.label} />;
}

const aligned = ({ seconds, mean, peak }: ChartData): uPlot.AlignedData => [[...seconds], [...mean], [...peak]];

function optionsOf(element: HTMLElement, now: { readonly current: Props }): uPlot.Options {
  const { tone, withPeak, top, steps } = now.current;
  const style = getComputedStyle(element);
  const color = (token: string) => style.getPropertyValue(token).trim();
  const axis = {
    stroke: color('--text-3'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: CURSORS }, points: { size: 6 } },
    scales: {
      x: { range: () => [now.current.fromMs / 1000, now.current.untilMs / 1000] },
      y: { range: (_chart, _least, most) => [0, Math.max(top, (most ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        space: 44,
        size: 24,
        values: (_chart, seconds) => seconds.map((at) => now.current.formatTime(at * 1000)),
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        space: 32,
        incrs: [...steps],
        values: (_chart, values) => values.map((value) => now.current.format(value)),
      },
    ],
    series: [
      {},
      {
        stroke: color(tone),
        width: 1.4,
        fill: `color-mix(in srgb, ${color(tone)} 13%, transparent)`,
        points: { show: false },
      },
      { show: withPeak, stroke: color('--text-3'), width: 1, dash: [2, 3], points: { show: false } },
    ],
    hooks: { setCursor: [({ cursor }) => now.current.onPoint(cursor.idx ?? null)] },
  };
}

/** Changes when colours do: by choice, or because the system went dark. */
function useThemeKey(): string {
  const chosen = useSettings((settings) => settings.theme);
  const dark = useRef(matchMedia('(prefers-color-scheme: dark)'));
  return `${chosen} ${dark.current.matches}`;
}
