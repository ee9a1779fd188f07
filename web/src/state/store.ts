/**
 * One value that changes, and those who want to know. Listeners hear at most once per flush however many changes came,
 * so a burst of deltas costs one rendering.
 */
export interface Store<S> {
  get(): S;
  set(change: (state: S) => S): void;
  subscribe(listener: () => void): () => void;
}

/** @param schedule calls `flush` soon; default: at once */
export function createStore<S>(initial: S, schedule: (flush: () => void) => void = (flush) => flush()): Store<S> {
  let state = initial;
  let waiting = false;
  const listeners = new Set<() => void>();
  const flush = () => {
    waiting = false;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => state,
    set(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      if (waiting) return;
      waiting = true;
      schedule(flush);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
