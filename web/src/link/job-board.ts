/**
 * Jobs on the push connection. The page says which rows are in sight, and hears of those alone; of all others it hears how many
 * are in each state. After a reconnect it says so again.
 */
import type { JobCounts } from '../../../protocol/job-views';
import type { JobsTick } from '../../../protocol/live';
import { lookedAt, NO_BOARD, withTick, type Board } from '../state/job-board';
import { createStore, type Store } from '../state/store';
import type { LiveSocket } from './live-socket';

/** As the manager takes (JOBS_LOOKED_AT_MAX). */
const LOOKED_AT_MAX = 1000;

export interface JobBoard {
  readonly store: Store<Board>;
  /** These are in sight of one more view, until the function that is returned is called. */
  look(ids: readonly string[]): () => void;
  /** Of a snapshot: the first counts, before anything changed. */
  count(counts: JobCounts): void;
}

export function openJobBoard(socket: LiveSocket, schedule: (flush: () => void) => void): JobBoard {
  const store = createStore<Board>(NO_BOARD, schedule);
  const looks = new Set<readonly string[]>();
  let isAsking = false;
  const take = (tick: JobsTick) => store.set((before) => withTick(before, tick));
  const ask = () => {
    isAsking = false;
    const ids = new Set([...looks].flat().slice(0, LOOKED_AT_MAX));
    store.set((before) => lookedAt(before, ids));
    // Whoever is not connected says it when they are.
    if (!socket.connected) return;
    socket.emit('jobs.look', { job_ids: [...ids] }, (answer) => {
      if (!('error' in answer)) take(answer);
    });
  };
  /** Views come and go in one drawing: one question for all of them. */
  const askSoon = () => {
    if (isAsking) return;
    isAsking = true;
    queueMicrotask(ask);
  };
  socket.on('connect', () => {
    if (looks.size > 0) askSoon();
  });
  socket.on('jobs', take);
  return {
    store,
    look(ids) {
      looks.add(ids);
      askSoon();
      return () => {
        looks.delete(ids);
        askSoon();
      };
    },
    count: (counts) => store.set((before) => ({ ...before, counts, ticks: before.ticks + 1 })),
  };
}
