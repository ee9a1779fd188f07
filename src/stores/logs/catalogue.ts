/**
 * Which streams there are and what is stored of each. The files are the truth; a worker's are looked at once, when it
 * is first asked for, and from then on this table is, because nobody else writes there. All of it is synchronous, so
 * that comparing a length and claiming the stream for an append is one step.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RunId, type ProcessName, type WorkerId } from '../../../protocol/ids';
import type { OutputGap } from '../../../protocol/output-gap';
import { streamKey, type OutputStream } from '../../../protocol/output-stream';
import type { RunEnd, RunRef } from '../../engine/log-store-port';
import { readGaps } from './gap-file';
import { packedSize } from './keeping/packed-segment';
import {
  packedPath,
  parseSegmentName,
  parseStreamName,
  plainPath,
  processDir,
  streamPaths,
  workerDir,
  type StreamPaths,
} from './paths';
import type { Segment, StoredBytes } from './stored-bytes';

/** One stream's entry. Only append.ts, packing.ts, and what forgets (log-store.ts) change it. */
export interface StoredFile extends StoredBytes {
  readonly ref: RunRef;
  readonly stream: OutputStream;
  readonly paths: StreamPaths;
  length: number;
  begin: number;
  /** Cleared by somebody: what was before is no gap. */
  clearedTo: number;
  readonly segments: Segment[];
  readonly gaps: OutputGap[];
  /** An append is under way. */
  busy: boolean;
  /** Lines that came while `busy`; null = none. */
  waiting: Buffer[] | null;
  /** Forgotten while somebody still held it: write and read no further. */
  gone: boolean;
  /** The newest time in the index; -Infinity = not looked yet. */
  timedAtMs: number;
  /** How its run ended; null = it lives, or nobody knows. */
  end: RunEnd | null;
}

type Processes = Map<string, Map<string, StoredFile>>;

export class Catalogue {
  private readonly workers = new Map<string, Processes>();

  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true });
  }

  find(ref: RunRef): StoredFile | undefined {
    return this.worker(ref.worker).get(ref.process)?.get(keyOf(ref));
  }

  findOrAdd(ref: RunRef): StoredFile {
    const processes = this.worker(ref.worker);
    let files = processes.get(ref.process);
    if (!files) processes.set(ref.process, (files = new Map<string, StoredFile>()));
    let file = files.get(keyOf(ref));
    if (!file) files.set(keyOf(ref), (file = this.entry(ref)));
    return file;
  }

  /** Every worker with a folder, known to anybody or not. */
  allWorkers(): WorkerId[] {
    return [
      ...new Set([...this.workers.keys(), ...foldersIn(this.dir).filter((name) => !name.startsWith('.'))]),
    ].sort() as WorkerId[];
  }

  processes(worker: WorkerId): ProcessName[] {
    return [...this.worker(worker).keys()].sort() as ProcessName[];
  }

  /** Oldest run first (their ids sort by birth), its stdout before its stderr. */
  streams(worker: WorkerId, process: ProcessName, stream: OutputStream | 'both'): StoredFile[] {
    return [...(this.worker(worker).get(process)?.values() ?? [])]
      .filter((file) => stream === 'both' || file.stream === stream)
      .sort((a, b) => (a.ref.run === b.ref.run ? (a.stream === 'stdout' ? -1 : 1) : a.ref.run < b.ref.run ? -1 : 1));
  }

  forget(file: StoredFile): void {
    const { worker, process } = file.ref;
    const files = this.worker(worker).get(process);
    files?.delete(keyOf(file.ref));
    if (files?.size === 0) this.worker(worker).delete(process);
  }

  private worker(worker: WorkerId): Processes {
    let processes = this.workers.get(worker);
    if (!processes) this.workers.set(worker, (processes = this.look(worker)));
    return processes;
  }

  private look(worker: WorkerId): Processes {
    const processes: Processes = new Map();
    for (const process of foldersIn(workerDir(this.dir, worker)) as ProcessName[]) {
      const files = this.lookAtProcess(worker, process);
      if (files.size > 0) processes.set(process, files);
    }
    return processes;
  }

  private lookAtProcess(worker: WorkerId, process: ProcessName): Map<string, StoredFile> {
    const folder = processDir(this.dir, worker, process);
    const files = new Map<string, StoredFile>();
    for (const name of readdirSync(folder)) {
      // A packing that a crash broke off.
      if (name.endsWith('.gz.t')) rmSync(join(folder, name));
      const segment = parseSegmentName(name);
      const named = segment ?? parseStreamName(name);
      const run = RunId.safeParse(named?.run);
      if (named === null || !run.success) continue;
      const ref = { worker, process, run: run.data, stream: named.stream };
      let file = files.get(keyOf(ref));
      if (!file) files.set(keyOf(ref), (file = this.entry(ref)));
      if (segment !== null) addSegment(file, segment.begin, join(folder, name), segment.form);
    }
    for (const file of files.values()) measure(file);
    return files;
  }

  private entry(ref: RunRef): StoredFile {
    const paths = streamPaths(this.dir, ref);
    return {
      ref,
      stream: ref.stream ?? 'stdout',
      paths,
      stem: paths.stem,
      length: 0,
      begin: 0,
      clearedTo: 0,
      segments: [],
      gaps: [],
      busy: false,
      waiting: null,
      gone: false,
      timedAtMs: -Infinity,
      end: null,
    };
  }
}

const keyOf = ({ run, stream = 'stdout' }: RunRef): string => streamKey(run, stream);

/** A segment that was packed, and whose plain file a crash has left behind, has both: the packed one is whole. */
function addSegment(file: StoredFile, begin: number, path: string, form: Segment['form']): void {
  if (form === 'plain' && existsSync(packedPath(file.stem, begin))) return rmSync(plainPath(file.stem, begin));
  const { size, mtimeMs } = statSync(path);
  const bytes = form === 'plain' ? size : packedSize(path);
  if (bytes !== null) file.segments.push({ begin, bytes, form, diskBytes: size, writtenAtMs: mtimeMs });
}

function measure(file: StoredFile): void {
  const { segments, paths } = file;
  segments.sort((a, b) => a.begin - b.begin);
  if (existsSync(paths.gaps)) file.gaps.push(...readGaps(paths.gaps));
  if (existsSync(paths.start)) file.clearedTo = digitsIn(paths.start);
  if (existsSync(paths.end)) file.end = readFileSync(paths.end, 'utf8').startsWith('clean') ? 'clean' : 'failed';
  segments.forEach((segment, i) => {
    // A full disk may have taken a part of a write that was refused, and declared lost later.
    const next = Math.min(
      segments[i + 1]?.begin ?? Infinity,
      // An empty one (a file cut short of which nothing seen is missing) is a mark between bytes, and ends no segment.
      ...file.gaps.filter(({ from, to }) => to > from && from > segment.begin).map(({ from }) => from),
    );
    segment.bytes = Math.min(segment.bytes, next - segment.begin);
  });
  const last = segments.at(-1);
  file.length = Math.max(file.clearedTo, last ? last.begin + last.bytes : 0, ...file.gaps.map(({ to }) => to));
  file.begin = Math.max(file.clearedTo, Math.min(segments[0]?.begin ?? file.length, file.length));
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((found) => (found.isDirectory() ? [found.name] : []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A marker cut short by a power loss is as good as none: more is shown than was asked for, nothing is lost. */
function digitsIn(path: string): number {
  const begin = Number(readFileSync(path, 'utf8'));
  return Number.isSafeInteger(begin) && begin >= 0 ? begin : 0;
}
