/** Gaps as the launcher declared them: `<from> <to> <reason>`, a line each, only ever added to. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { OutputGap } from '../../../protocol/output-gap';

export function noteGap(path: string, { from, to, reason }: OutputGap): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  appendFileSync(path, `${from} ${to} ${reason}\n`, { mode: 0o640 });
}

/** A line cut short by a power loss is as good as none: the launcher declares it again. */
export function readGaps(path: string): OutputGap[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      const [from, to, reason] = line.split(' ');
      const gap = OutputGap.safeParse({ from: Number(from), to: Number(to), reason });
      return gap.success ? [gap.data] : [];
    });
}
