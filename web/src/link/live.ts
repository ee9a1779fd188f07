/**
 * The push connection. It asks for a snapshot on every connect, and again when a delta is missing; in between the
 * page only listens. Log feeds hang on the same socket and follow again by themselves after a reconnect.
 */
import { io } from 'socket.io-client';
import type { Delta, Snapshot, UsageTick } from '../../../protocol/live';
import { NOTHING_YET, withDelta, withSnapshot, withUsage, type Fleet } from '../state/fleet';
import type { Heard } from '../state/freshness';
import { createStore, type Store } from '../state/store';
import { openJobBoard, type JobBoard } from './job-board';
import type { LiveSocket } from './live-socket';
import { socketPath } from './address';

export interface Live {
  readonly socket: LiveSocket;
  readonly fleet: Store<Fleet>;
  readonly heard: Store<Heard>;
  readonly jobs: JobBoard;
}

export function connect(): Live {
  const socket: LiveSocket = io({
    path: socketPath(),
    transports: ['websocket', 'polling'],
    // attendance.ts opens it when the manager lets this page in.
    autoConnect: false,
    reconnectionDelay: 250,
    reconnectionDelayMax: 3_000,
  });
  const fleet = createStore<Fleet>(NOTHING_YET, beforeNextPaint);
  const heard = createStore<Heard>({ link: { kind: 'connecting' }, heardAtMs: null, skewMs: 0 });
  const jobs = openJobBoard(socket, beforeNextPaint);
  const heardNow = () => heard.set((before) => ({ ...before, heardAtMs: Date.now() }));

  const watch = () => {
    const askedAtMs = Date.now();
    socket.emit('watch', (snapshot: Snapshot | { error: string }) => {
      // The right to look was lost a moment ago: the connection is cut, and attendance.ts asks why.
      if ('error' in snapshot) return;
      const nowMs = Date.now();
      fleet.set((before) => withSnapshot(before, snapshot));
      jobs.count(snapshot.jobs);
      // The manager read its clock somewhere between question and answer.
      const skewMs = snapshot.manager.now_ms - (askedAtMs + nowMs) / 2;
      heard.set(() => ({ link: { kind: 'open' }, heardAtMs: nowMs, skewMs }));
    });
  };
  const onDelta = (delta: Delta) => {
    heardNow();
    const after = withDelta(fleet.get(), delta);
    if (after === 'hole') watch();
    else fleet.set(() => after);
  };
  socket.on('connect', watch);
  socket.on('disconnect', () => heard.set((before) => ({ ...before, link: { kind: 'down', sinceMs: Date.now() } })));
  socket.on('connect_error', () =>
    heard.set((before) => (before.link.kind === 'open' ? before : { ...before, link: downSince(before) })),
  );
  socket.on('delta', onDelta);
  socket.on('usage', (tick: UsageTick) => {
    heardNow();
    fleet.set((before) => withUsage(before, tick));
  });
  return { socket, fleet, heard, jobs };
}

const downSince = (heard: Heard): Heard['link'] =>
  heard.link.kind === 'down' ? heard.link : { kind: 'down', sinceMs: heard.heardAtMs ?? Date.now() };

/** A hidden page is not painted, yet its title counts problems: there a timer stands in. */
function beforeNextPaint(flush: () => void): void {
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
}
