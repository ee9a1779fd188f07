/**
 * Watches for a run to become ready. Good once is enough. Too late is a verdict; a launcher that adopts a run whose time
 * is over asks once more before it says so.
 */
import { probeText, type ReadyProbe } from '../../protocol/probes';
import { askOf, isAsked, type AskedCheck } from './ask';
import { after } from './long-timer';
import type { ProbeWork, Verdict } from './probed-run';
import { Repeat } from './repeat';
import { shown, visible, type Trouble } from './trouble';

/** Most programs are ready soon: the first asks come closer to each other. */
const FIRST_PAUSE_MS = 50;

export interface ReadyNews {
  ready(): void;
  late(verdict: Verdict): void;
}

/** @returns how to stop watching */
export function watchReady(probe: ReadyProbe, work: ProbeWork, news: ReadyNews): () => void {
  const { run, clock } = work;
  let last: Trouble = null;
  const releases: (() => void)[] = [];
  const release = (): void => releases.splice(0).forEach((letGo) => letGo());
  const ready = (): void => {
    // First: who waits for this joins in before the output is let go, and misses no line.
    news.ready();
    release();
  };
  const late = (): void => {
    release();
    const why = `not ready within ${(probe.withinMs ?? 0) / 1000} s (${probeText(probe.check)})`;
    news.late({ why, evidence: last ?? 'no answer yet' });
  };

  if (probe.withinMs !== null) {
    const leftMs = run.upSinceMs + probe.withinMs - clock.now();
    releases.push(after(run.isAdopted ? Math.max(leftMs, probe.timeoutMs + FIRST_PAUSE_MS) : leftMs, late));
  }
  if (isAsked(probe.check)) {
    const heard = (trouble: Trouble): void => (trouble === null ? ready() : void (last = trouble));
    const repeat = asking(probe.check, probe, work, heard);
    releases.push(() => repeat.release());
    return release;
  }
  const pattern = new RegExp(probe.check.pattern);
  last = 'it has written no line yet';
  const stop = work.lines.listen('begin', (line) => {
    const text = visible(line);
    if (pattern.test(text)) return ready();
    last = `no line matched yet, the last one is: ${shown(text)}`;
  });
  releases.push(stop);
  return release;
}

function asking(
  check: AskedCheck,
  { intervalMs, timeoutMs }: ReadyProbe,
  { run }: ProbeWork,
  heard: (trouble: Trouble) => void,
): Repeat {
  const pauseMs = (asked: number): number => Math.min(intervalMs, FIRST_PAUSE_MS * 2 ** Math.min(asked, 20));
  // Spread, so that a launcher that adopts a thousand runs does not ask them all in one moment.
  const firstMs = Math.random() * Math.min(FIRST_PAUSE_MS, intervalMs);
  return new Repeat(askOf(check, timeoutMs, run), firstMs, pauseMs, heard);
}
