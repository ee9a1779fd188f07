/**
 * Reads jobs as far as they are looked at, and keeps what was read as it is now: rows in sight are told by push; the head is read
 * anew when a job was submitted, or when one may match that did not.
 */
import type { JobFilter } from '../../../protocol/jobs-http';
import { sentenceOf } from '../../../protocol/sentence-of';
import {
  NO_JOBS,
  withChanges,
  withHead,
  withMore,
  withSortedHead,
  withSortedMore,
  type JobList,
} from '../state/job-list';
import { isMoving, NEWEST_FIRST, stillMatches, type JobOrder } from '../state/job-query';
import { createStore, type Store } from '../state/store';
import type { JobBoard } from './job-board';
import { readJobs } from './jobs';

const HEAD_JOBS = 200;
/** As many as the manager gives at once. */
const MORE_JOBS = 1000;
/** Ten thousand jobs a minute: the head is read at most so often. */
const HEAD_AGAIN_MS = 1_000;

export interface JobReader {
  readonly store: Store<JobList>;
  /** The reader comes near the end of what is here. */
  more(): void;
  /** Whether the list's head is in sight. Far from it nothing moves under the reader's eyes. */
  setAtHead(isAtHead: boolean): void;
  close(): void;
}

export function openJobs(filter: JobFilter, sort: JobOrder, board: JobBoard): JobReader {
  const isSorted = sort !== NEWEST_FIRST;
  const store = createStore<JobList>(NO_JOBS);
  const abort = new AbortController();
  let isAtHead = true;
  let isHeadOld = false;
  let headTimer: ReturnType<typeof setTimeout> | null = null;
  let isReadingMore = false;
  const failed = (error: unknown) => {
    if (!abort.signal.aborted) store.set((list) => ({ ...list, isRead: true, problem: sentenceOf(error) }));
  };
  /** Rows in sight as they were told last: what was pushed while an answer was on its way is newer than that. */
  const asTold = (list: JobList) => withChanges(list, board.store.get(), (row) => stillMatches(filter, row));
  /** Sorted, a job may have moved anywhere: as much is read again as is here. */
  const headSize = () => (isSorted ? Math.min(MORE_JOBS, Math.max(HEAD_JOBS, store.get().rows.length)) : HEAD_JOBS);
  const readHead = () => {
    isHeadOld = false;
    // Until the time is over, and the answer is here, another change only marks it as old.
    const answered = readJobs(filter, { sort, limit: headSize(), after: null }, abort.signal).then(
      (reply) => store.set((list) => asTold(isSorted ? withSortedHead(reply) : withHead(list, reply))),
      failed,
    );
    headTimer = setTimeout(() => {
      void answered.then(() => {
        headTimer = null;
        if (isHeadOld && isAtHead && !abort.signal.aborted) readHead();
      });
    }, HEAD_AGAIN_MS);
  };
  const headChanged = () => {
    isHeadOld = true;
    if (headTimer === null && isAtHead) readHead();
  };
  let known = board.store.get();
  const onBoard = () => {
    const before = known;
    known = board.store.get();
    if (known.rows !== before.rows || known.gone !== before.gone) store.set(asTold);
    if (known.newest > before.newest || ((isSorted || isMoving(filter)) && known.counts !== before.counts))
      headChanged();
  };
  const unlisten = board.store.subscribe(onBoard);
  readHead();
  return {
    store,
    more() {
      const { next } = store.get();
      if (next === null || isReadingMore) return;
      isReadingMore = true;
      const further = isSorted ? withSortedMore : withMore;
      readJobs(filter, { sort, limit: MORE_JOBS, after: next }, abort.signal)
        .then((reply) => store.set((list) => (list.next === next ? asTold(further(list, reply)) : list)), failed)
        .finally(() => (isReadingMore = false));
    },
    setAtHead(now) {
      isAtHead = now;
      if (now && isHeadOld && headTimer === null) readHead();
    },
    close() {
      abort.abort();
      unlisten();
      if (headTimer !== null) clearTimeout(headTimer);
    },
  };
}
