/** Finding lines in what is stored: which streams, in which order, by which pattern. A thread does it (search-thread.ts). */
import { Refusal } from '../../../../protocol/errors';
import { processKey } from '../../../../protocol/ids';
import { LIMITS } from '../../../../protocol/limits';
import type { LogFound, SearchRequest } from '../../../engine/log-store-port';
import type { StoredFile } from '../catalogue';
import { lineMatcher, type Pattern } from './line-matcher';
import type { SearchThreads } from './search-threads';
import type { SearchSource } from './search-words';

/** @param files of each process, oldest run first */
export async function* search(
  threads: SearchThreads,
  files: readonly StoredFile[],
  request: SearchRequest,
): AsyncGenerator<LogFound> {
  const pattern = patternOf(request);
  const tracks = tracksOf(files.filter((file) => isWanted(file, request)));
  const plan = {
    pattern,
    tracks: tracks.map((track) => track.map((file) => sourceOf(file, request))),
    sinceMs: request.sinceMs ?? null,
    untilMs: request.untilMs ?? null,
    limit: request.limit ?? Infinity,
  };
  if (tracks.length === 0) return;
  for await (const { track, source, offset, atMs, line } of threads.hits(plan, request.signal)) {
    const file = tracks[track]?.[source];
    if (!file) continue;
    const { worker, process, run } = file.ref;
    yield { worker, process, run, stream: file.stream, offset, atMs, line };
  }
}

const isWanted = ({ ref: { run } }: StoredFile, { from, run: only }: SearchRequest): boolean =>
  (from === undefined || run >= from.run) && (only === undefined || run === only);

/** A process's stdout over all its runs is one, its stderr another. */
function tracksOf(files: readonly StoredFile[]): StoredFile[][] {
  const tracks = new Map<string, StoredFile[]>();
  for (const file of files) {
    const key = `${processKey(file.ref.worker, file.ref.process)} ${file.stream}`;
    tracks.set(key, [...(tracks.get(key) ?? []), file]);
  }
  return [...tracks.values()];
}

const sourceOf = (file: StoredFile, { from }: SearchRequest): SearchSource => ({
  stem: file.stem,
  times: file.paths.times,
  begin: file.begin,
  length: file.length,
  segments: file.segments.map((segment) => ({ ...segment })),
  gaps: [],
  from: from?.run === file.ref.run ? Math.max(file.begin, from.offset) : file.begin,
});

function patternOf({ pattern, regex = false, ignoreCase = false }: SearchRequest): Pattern {
  if (pattern === '') throw new Refusal('bad_request', 'The pattern is empty: it would match every line');
  if (pattern.length > LIMITS.searchCharsMax)
    throw new Refusal('bad_request', `The pattern is longer than ${LIMITS.searchCharsMax} characters`);
  if (!regex && pattern.includes('\n'))
    throw new Refusal(
      'bad_request',
      'The pattern holds a line break: output is searched line by line, so it never matches',
    );
  try {
    lineMatcher({ pattern, regex, ignoreCase });
  } catch (error) {
    throw new Refusal('bad_request', `The pattern cannot be read: ${(error as Error).message}`);
  }
  return { pattern, regex, ignoreCase };
}
