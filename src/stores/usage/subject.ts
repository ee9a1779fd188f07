/** What is kept in memory of one process or machine: minutes in seconds, hours in tens of seconds, and the long step being filled. */
import { FIGURES, type Figure, type Figures } from './figures';
import { LONG_STEP_MS, type Cell, type LongStep } from './long-file';
import { Ring } from './ring';

const SHORT = { stepMs: 1_000, size: 300 };
const MIDDLE = { stepMs: 10_000, size: 1080 };

export class Subject {
  private readonly short = new Map<Figure, Ring>();
  private readonly middle = new Map<Figure, Ring>();
  private readonly long = new Map<Figure, Ring>();
  private longStep: number | null = null;

  /** @returns the long step that is complete now, if one is */
  put(atMs: number, figures: Figures): LongStep | null {
    const step = Math.floor(atMs / LONG_STEP_MS);
    const complete = this.longStep !== null && step > this.longStep ? this.takeLong() : null;
    this.longStep = step;
    for (const figure of FIGURES) {
      const value = figures[figure];
      if (value === null) continue;
      ringOf(this.short, figure, SHORT).put(atMs, value);
      ringOf(this.middle, figure, MIDDLE).put(atMs, value);
      ringOf(this.long, figure, { stepMs: LONG_STEP_MS, size: 2 }).put(atMs, value);
    }
    return complete;
  }

  /** The long step so far. */
  takeLong(): LongStep | null {
    const step = this.longStep;
    if (step === null) return null;
    const cells = FIGURES.map((figure): [Figure, Cell] => [figure, this.long.get(figure)?.at(step) ?? null]);
    return { step, cells: Object.fromEntries(cells) as Record<Figure, Cell> };
  }

  /** Whether the range is still in memory, and in which steps. */
  static stepFor(fromMs: number, nowMs: number): typeof SHORT | typeof MIDDLE | null {
    return [SHORT, MIDDLE].find(({ stepMs, size }) => nowMs - fromMs <= stepMs * size) ?? null;
  }

  at(figure: Figure, stepMs: number, step: number): Cell {
    const ring = (stepMs === SHORT.stepMs ? this.short : this.middle).get(figure);
    // Beats come about once a second and not on the second: a lone hole among seconds is none.
    return ring?.at(step) ?? (stepMs === SHORT.stepMs ? ring?.at(step - 1) : null) ?? null;
  }
}

function ringOf(rings: Map<Figure, Ring>, figure: Figure, { stepMs, size }: { stepMs: number; size: number }): Ring {
  let ring = rings.get(figure);
  if (ring === undefined) rings.set(figure, (ring = new Ring(stepMs, size)));
  return ring;
}
