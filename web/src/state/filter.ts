/**
 * The filter box. Words are looked for in what a row shows; `state:`, `worker:`, `label:` and `is:problem` narrow.
 * Several `state:` are alternatives; everything else must hold at once. The box's text is the only copy: chips are a
 * way of writing into it.
 */
import type { ProcessView, WorkerView } from '../../../protocol/views';
import { isProblem, processRank, workerRank } from './severity';

export interface Filter {
  readonly words: readonly string[];
  readonly states: ReadonlySet<string>;
  readonly workers: readonly string[];
  readonly labels: readonly string[];
  readonly problemsOnly: boolean;
}

export function parseFilter(text: string): Filter {
  const words: string[] = [];
  const states = new Set<string>();
  const workers: string[] = [];
  const labels: string[] = [];
  let problemsOnly = false;
  for (const token of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const colon = token.indexOf(':');
    const [facet, value] = [token.slice(0, Math.max(0, colon)), token.slice(colon + 1)];
    if (token === 'is:problem') problemsOnly = true;
    else if (facet === 'state' && value !== '') for (const state of value.split(',')) states.add(state);
    else if (facet === 'worker' && value !== '') workers.push(value);
    else if (facet === 'label' && value !== '') labels.push(value);
    else words.push(token);
  }
  return { words, states, workers, labels, problemsOnly };
}

export const isEmpty = (filter: Filter): boolean =>
  filter.words.length + filter.states.size + filter.workers.length + filter.labels.length === 0 && !filter.problemsOnly;

/** Puts a token into the text, or takes it out. */
export function toggleToken(text: string, token: string): string {
  const tokens = text.split(/\s+/).filter(Boolean);
  const without = tokens.filter((one) => one.toLowerCase() !== token);
  return (without.length < tokens.length ? without : [...tokens, token]).join(' ');
}

/** All but the facets that the chips stand for: the counts on the chips must not depend on the chips. */
export const withoutFacets = (filter: Filter): Filter => ({ ...filter, states: new Set(), problemsOnly: false });

export function matchesProcess(filter: Filter, process: ProcessView, worker: WorkerView | undefined): boolean {
  if (filter.states.size > 0 && !filter.states.has(process.state)) return false;
  if (filter.problemsOnly && !isProblem(processRank(process, worker))) return false;
  return (
    matchesWorkerFacets(filter, process.worker_id, worker) &&
    hasWords(filter.words, `${process.key} ${process.command} ${process.why} ${worker?.hostname ?? ''} ${process.pid}`)
  );
}

/** A worker that runs nothing is a row of its own. */
export function matchesIdleWorker(filter: Filter, worker: WorkerView): boolean {
  if (filter.states.size > 0 && !filter.states.has(worker.state)) return false;
  if (filter.problemsOnly && !isProblem(workerRank(worker))) return false;
  return (
    matchesWorkerFacets(filter, worker.worker_id, worker) &&
    hasWords(filter.words, `${worker.worker_id} ${worker.hostname} ${worker.why}`)
  );
}

function matchesWorkerFacets(filter: Filter, id: string, worker: WorkerView | undefined): boolean {
  const labels = () => Object.entries(worker?.labels ?? {}).map(([name, value]) => `${name}=${value}`.toLowerCase());
  return (
    filter.workers.every((word) => id.toLowerCase().includes(word)) &&
    (filter.labels.length === 0 || filter.labels.every((word) => labels().some((label) => label.startsWith(word))))
  );
}

const hasWords = (words: readonly string[], text: string): boolean => {
  if (words.length === 0) return true;
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
};
