/** `1-100%8`, `0,3,7`, `1-9:2`: the indices of an array of jobs, and how many of them may run at once (as Slurm writes it). */
import { LIMITS } from './limits';

export interface JobArray {
  /** Rising, each once. */
  readonly indices: readonly number[];
  /** Null = any number. */
  readonly atOnce: number | null;
}

/** @returns a sentence where it is none */
export function readJobArray(text: string): JobArray | string {
  const [, list = '', most] = /^\s*([^%]+?)(?:%(\d+))?\s*$/.exec(text) ?? [];
  const indices = new Set<number>();
  for (const part of list.split(',')) {
    const range = /^\s*(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?\s*$/.exec(part);
    if (range === null)
      return `${JSON.stringify(text.slice(0, 100))} is no array; write 1-100, 1-100%8, 0,3,7 or 1-9:2`;
    const [from, to, step] = [Number(range[1]), Number(range[2] ?? range[1]), Number(range[3] ?? 1)];
    if (to < from || step === 0) return `${part.trim()} holds no index: it goes from the lower to the higher`;
    if ((to - from) / step >= LIMITS.jobsPerSubmitMax - indices.size)
      return `${text.trim()} has more than ${LIMITS.jobsPerSubmitMax} indices, the limit of one submission`;
    for (let index = from; index <= to; index += step) indices.add(index);
  }
  if (most === '0') return '%0 lets none of them run';
  return { indices: [...indices].sort((a, b) => a - b), atOnce: most === undefined ? null : Number(most) };
}
