/** A number in the output must become larger within a time. What is not a number is passed over. */
import type { AliveProbe } from '../../protocol/probes';
import type { FromWhere } from './output-lines';
import type { ProbeWork, Verdict } from './probed-run';
import { lookEveryMs, QuietTime } from './quiet-time';
import { visible } from './trouble';

type Progress = Extract<AliveProbe['check'], { kind: 'progress' }>;

export function watchProgress(
  { pattern, forMs }: Progress,
  { lines, clock }: ProbeWork,
  from: FromWhere,
  say: (verdict: Verdict | null) => void,
): () => void {
  const expression = new RegExp(pattern);
  const lookMs = lookEveryMs(forMs);
  const quiet = new QuietTime(clock.now(), lookMs);
  let largest: number | null = null;
  let isFailing = false;

  const stop = lines.listen(from, (line) => {
    const value = numberIn(expression.exec(visible(line))?.[1]);
    if (value === null || (largest !== null && value <= largest)) return;
    largest = value;
    quiet.heard(clock.now());
    if (isFailing) say(null);
    isFailing = false;
  });
  const timer = setInterval(() => {
    const quietMs = quiet.look(clock.now());
    if (quietMs < forMs) return;
    isFailing = true;
    const stands = largest === null ? 'no line had a number' : `it stands at ${largest}`;
    say({
      why: `no progress of /${pattern}/ for ${forMs / 1000} s`,
      evidence: `${stands}, for ${(quietMs / 1000).toFixed(1)} s`,
    });
  }, lookMs);
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** `1,024` and `1_024` are 1024. */
function numberIn(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const value = Number(text.replace(/(?<=\d)[,_](?=\d)/g, ''));
  return Number.isFinite(value) ? value : null;
}
