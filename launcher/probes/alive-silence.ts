/** No byte of output, or no CPU time of the whole tree, for a time. Looked at four times in it. */
import type { AliveProbe } from '../../protocol/probes';
import { bytesOf } from './output-lines';
import type { ProbeWork, Verdict } from './probed-run';
import { lookEveryMs, QuietTime } from './quiet-time';

type Silence = Extract<AliveProbe['check'], { kind: 'silence' }>;

export function watchSilence(
  { of, forMs }: Silence,
  { run, clock }: ProbeWork,
  say: (verdict: Verdict | null) => void,
): () => void {
  const measure = of === 'cpu' ? run.cpuTime : () => Promise.resolve(bytesOf(run.outputs));
  const lookMs = lookEveryMs(forMs);
  const quiet = new QuietTime(clock.now(), lookMs);
  let known: number | null = null;
  let isOver = false;
  const look = async (): Promise<void> => {
    const measured = await measure().catch(() => null);
    if (isOver) return;
    // Any change is life: the sum over a tree falls when a part of it ends. What cannot be told is no silence.
    if (measured !== known || measured === null) {
      known = measured;
      quiet.heard(clock.now());
      return say(null);
    }
    const quietMs = quiet.look(clock.now());
    if (quietMs >= forMs) say(verdictOf(of, forMs, quietMs, measured));
  };
  const timer = setInterval(() => void look(), lookMs);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

function verdictOf(of: Silence['of'], forMs: number, quietMs: number, measured: number): Verdict {
  const seconds = (quietMs / 1000).toFixed(1);
  return of === 'output'
    ? { why: `no output for ${forMs / 1000} s`, evidence: `${measured} bytes in all, none for ${seconds} s` }
    : { why: `no CPU time for ${forMs / 1000} s`, evidence: `its whole tree used none for ${seconds} s` };
}
