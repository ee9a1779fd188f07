/** http, tcp, exec: so many bad answers in a row are a failure, one good answer ends it. */
import { probeText, type AliveProbe } from '../../protocol/probes';
import { askOf, type AskedCheck } from './ask';
import type { ProbeWork, Verdict } from './probed-run';
import { Repeat } from './repeat';

/** @param say null = it is well (again) @returns how to stop asking */
export function watchAsked(
  { check, intervalMs, timeoutMs, failuresMax }: AliveProbe & { readonly check: AskedCheck },
  { run }: ProbeWork,
  say: (verdict: Verdict | null) => void,
): () => void {
  let failures = 0;
  const repeat = new Repeat(
    askOf(check, timeoutMs, run),
    Math.random() * intervalMs,
    () => intervalMs,
    (trouble) => {
      failures = trouble === null ? 0 : failures + 1;
      if (trouble === null) return say(null);
      if (failures < failuresMax) return;
      say({ why: `${probeText(check)} failed${failures > 1 ? ` ${failures} times in a row` : ''}`, evidence: trouble });
    },
  );
  return () => repeat.release();
}
