/** A gap in words. Apart from its schema, because the command line starts without loading zod. */
import type { GapReason, OutputGap } from './output-gap';

const WORDS: Readonly<Record<GapReason, string>> = {
  'worker-disk-full': "the manager was away and the worker's disk was nearly full",
  'already-freed': 'the manager lost it after the worker had freed it',
  'file-truncated': 'the output file was cut short on the worker',
  'file-deleted': 'the output file was deleted on the worker',
  retention: 'forgotten by retention (logs.* in the configuration)',
};

/** What viewers show in its place: `--- 12.3 MB missing here: the output file was deleted on the worker ---`. */
export function gapText({ from, to, reason }: OutputGap): string {
  const atLeast = reason === 'file-truncated' || reason === 'file-deleted' ? 'at least ' : '';
  return `--- ${atLeast}${amount(to - from)} missing here: ${WORDS[reason]} ---`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

function amount(bytes: number): string {
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit < 0 ? `${bytes} bytes` : `${value.toFixed(1)} ${UNITS[unit]}`;
}
