/**
 * The page's one ticking clock: the manager's time that every age is counted to, and whether it may still be believed.
 */
import { freshnessOf, shownNowMs, type Freshness } from '../state/freshness';
import { createStore, type Store } from '../state/store';
import type { Live } from './live';

export interface Clock {
  /** By the manager's clock; stands still while the page is stale. */
  readonly shownMs: number;
  /** By this browser's clock. */
  readonly nowMs: number;
  readonly freshness: Freshness;
}

export function startClock(live: Live): Store<Clock> {
  const read = (): Clock => {
    const heard = live.heard.get();
    const nowMs = Date.now();
    const expectsTicks = [...live.fleet.get().workers.values()].some(
      (worker) => worker.state !== 'offline' && worker.state !== 'pending_approval',
    );
    const freshness = freshnessOf(heard, nowMs, expectsTicks);
    return { shownMs: shownNowMs(heard, freshness, nowMs), nowMs, freshness };
  };
  const clock = createStore<Clock>(read());
  const tick = () => clock.set(read);
  setInterval(tick, 1000);
  // A lost or found connection is shown at once, not with the next second.
  let before = live.heard.get().link.kind;
  live.heard.subscribe(() => {
    const now = live.heard.get().link.kind;
    if (now !== before || clock.get().freshness.kind !== 'live') tick();
    before = now;
  });
  return clock;
}
