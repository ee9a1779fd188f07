/** A line that matches is the failure. It cannot be taken back: as a warning it holds until the run ends. */
import type { OutputLines, FromWhere } from './output-lines';
import type { Verdict } from './probed-run';
import { shown, visible } from './trouble';

export function watchLog(
  pattern: string,
  lines: OutputLines,
  from: FromWhere,
  say: (verdict: Verdict) => void,
): () => void {
  const expression = new RegExp(pattern);
  const stop = lines.listen(from, (line) => {
    const text = visible(line);
    if (!expression.test(text)) return;
    stop();
    say({ why: `a line of its output matches /${pattern}/`, evidence: shown(text) });
  });
  return stop;
}
