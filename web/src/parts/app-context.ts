/** What every view may reach: who uses the page, the fleet, the page's own state, the clock, the settings, the way to send commands. */
import { createContext, useContext } from 'react';
import type { Clock } from '../link/clock';
import type { Commander } from '../link/commander';
import type { Live } from '../link/live';
import type { SessionLink } from '../link/session';
import type { Settings } from '../state/settings';
import type { Store } from '../state/store';
import type { Ui } from '../state/ui';

export interface App {
  readonly session: SessionLink;
  readonly live: Live;
  readonly ui: Store<Ui>;
  readonly clock: Store<Clock>;
  readonly settings: Store<Settings>;
  readonly commander: Commander;
}
export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('A view was drawn outside of AppContext.');
  return app;
}
