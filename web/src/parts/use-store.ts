/** A store's value, or the part of it that a component wants: it is drawn again only when that part changed. */
import { useSyncExternalStore } from 'react';
import type { Clock } from '../link/clock';
import type { Fleet } from '../state/fleet';
import type { Session } from '../state/session';
import type { Settings } from '../state/settings';
import type { Store } from '../state/store';
import type { Ui } from '../state/ui';
import { useApp } from './app-context';

/** @param select must give the same object for the same state */
export const useStore = <S, T>(store: Store<S>, select: (state: S) => T): T =>
  useSyncExternalStore(store.subscribe, () => select(store.get()));

export const useFleet = <T>(select: (fleet: Fleet) => T): T => useStore(useApp().live.fleet, select);
export const useUi = <T>(select: (ui: Ui) => T): T => useStore(useApp().ui, select);
export const useSettings = <T>(select: (settings: Settings) => T): T => useStore(useApp().settings, select);
export const useClock = <T>(select: (clock: Clock) => T): T => useStore(useApp().clock, select);
export const useSession = <T>(select: (session: Session) => T): T => useStore(useApp().session.store, select);
