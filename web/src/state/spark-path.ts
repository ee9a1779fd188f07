/** A sparkline's outline as an SVG path. Placed by time, so a silence is a gap and not a straight line over it. */
import type { Sample } from './usage-ring';

export interface SparkBox {
  readonly width: number;
  readonly height: number;
  /** The right edge, ms by the manager's clock. */
  readonly untilMs: number;
  readonly spanMs: number;
  /** The value at the top; a larger one stretches the scale. */
  readonly top: number;
}

/** Two samples further apart than this are not joined. */
const GAP_MS = 8_000;

export function sparkPaths(samples: readonly Sample[], box: SparkBox): { line: string; area: string } {
  const shown = samples.filter((sample) => sample.atMs >= box.untilMs - box.spanMs && sample.atMs <= box.untilMs);
  const top = shown.reduce((most, sample) => Math.max(most, sample.value), box.top) || 1;
  let line = '';
  let area = '';
  let before: { x: number; atMs: number } | null = null;
  const close = () => {
    if (before !== null) area += `L${before.x} ${box.height}Z`;
  };
  for (const { atMs, value } of shown) {
    const x = round(box.width * (1 - (box.untilMs - atMs) / box.spanMs));
    const y = round(1 + (box.height - 2) * (1 - value / top));
    if (before === null || atMs - before.atMs > GAP_MS) {
      close();
      line += `M${x} ${y}`;
      area += `M${x} ${box.height}L${x} ${y}`;
    } else {
      line += `L${x} ${y}`;
      area += `L${x} ${y}`;
    }
    before = { x, atMs };
  }
  close();
  return { line, area };
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;
