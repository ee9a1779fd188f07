/**
 * Live tails: bytes go to a viewer as they are stored. A viewer that reads too slowly is not waited for: pieces are
 * left out, and it sees by the hole in the offsets what to read again (GET /api/logs/...). A gap is such a hole too; the
 * answer then begins behind it.
 */
import { FollowRequest, type FollowReply } from '../../../protocol/live';
import { LIMITS } from '../../../protocol/limits';
import { ProcessName, processKey, WorkerId, type ProcessKey } from '../../../protocol/ids';
import type { OutputStream } from '../../../protocol/output-stream';
import type { LogStore } from '../../engine/log-store-port';
import { logRunView } from '../http/log-run-view';
import { backlogOf } from './backlog';
import type { LiveSocket } from './dashboards';

/** The first piece after a silence travels at once; those within this time after a message travel as the next one. */
const GATHER_MS = 25;
/** Of one page. Names are not looked up, so that one may follow what is to come; without a bound that is memory for the asking. */
const FOLLOWED_MAX = 2000;

export function serveLogViewer(socket: LiveSocket, logs: LogStore): void {
  const followed = new Map<string, () => void>();
  const unfollow = (id: string): void => {
    followed.get(id)?.();
    followed.delete(id);
  };
  socket.on('log.follow', (request, reply) => {
    const target = parse(request);
    if (typeof reply !== 'function') return;
    if (target === null) return reply({ error: 'log.follow needs worker_id and process' });
    unfollow(target.id);
    if (followed.size >= FOLLOWED_MAX)
      return reply({ error: `one page follows at most ${FOLLOWED_MAX} outputs; unfollow some first` });
    followed.set(target.id, follow(socket, logs, target));
    const runs = logs.runs(target.worker, target.process, target.stream);
    reply({ runs: runs.map(logRunView) } satisfies FollowReply);
  });
  socket.on('log.unfollow', (request) => {
    const target = parse(request);
    if (target !== null) unfollow(target.id);
  });
  socket.on('disconnect', () => {
    for (const id of [...followed.keys()]) unfollow(id);
  });
}

interface Target {
  /** Of what is followed. */
  readonly id: string;
  readonly key: ProcessKey;
  readonly stream: OutputStream;
  readonly worker: WorkerId;
  readonly process: ProcessName;
}

function follow(socket: LiveSocket, logs: LogStore, target: Target): () => void {
  let gathered = NOTHING;
  let timer: NodeJS.Timeout | null = null;
  let sentAtMs = -GATHER_MS;
  const send = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    sentAtMs = performance.now();
    const { run, offset, pieces, bytes } = gathered;
    gathered = NOTHING;
    if (run === null) return;
    // A viewer that is behind gets an empty piece at the new end: it sees the hole even when silence follows.
    const isBehind = bytes > LIMITS.liveBacklogBytesMax || backlogOf(socket) > LIMITS.liveBacklogBytesMax;
    const data = isBehind ? { offset: offset + bytes, data: Buffer.alloc(0) } : { offset, data: Buffer.concat(pieces) };
    socket.emit('log.data', { key: target.key, run_id: run, stream: target.stream, ...data });
  };
  const unsubscribe = logs.subscribe(target.worker, target.process, ({ run, stream, offset, slices }) => {
    if (stream !== target.stream) return;
    if (gathered.run !== null && (gathered.run !== run || gathered.offset + gathered.bytes !== offset)) send();
    if (gathered.run === null) gathered = { run, offset, pieces: [], bytes: 0 };
    for (const slice of slices) {
      gathered.bytes += slice.length;
      // More than a viewer may have waiting is left out; only the count goes on.
      if (gathered.bytes <= LIMITS.liveBacklogBytesMax) gathered.pieces.push(Buffer.from(slice));
    }
    timer ??= setTimeout(send, Math.max(0, sentAtMs + GATHER_MS - performance.now()));
  });
  return () => {
    unsubscribe();
    if (timer !== null) clearTimeout(timer);
  };
}

interface Gathered {
  readonly run: string | null;
  readonly offset: number;
  readonly pieces: Buffer[];
  bytes: number;
}
const NOTHING: Gathered = { run: null, offset: 0, pieces: [], bytes: 0 };

function parse(request: unknown): Target | null {
  const parsed = FollowRequest.safeParse(request);
  if (!parsed.success) return null;
  const worker = WorkerId.safeParse(parsed.data.worker_id);
  const process = ProcessName.safeParse(parsed.data.process);
  if (!worker.success || !process.success) return null;
  const key = processKey(worker.data, process.data);
  const { stream } = parsed.data;
  return { id: `${key} ${stream}`, key, stream, worker: worker.data, process: process.data };
}
