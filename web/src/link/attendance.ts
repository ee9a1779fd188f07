/** The push connection is open while the manager lets this page in, and whenever it is refused or cut one asks why. */
import { isLetIn } from '../state/session';
import { NOTHING_YET } from '../state/fleet';
import type { Store } from '../state/store';
import { initialUi, type Ui } from '../state/ui';
import type { Live } from './live';
import type { SessionLink } from './session';

/** Between being cut and coming back: a manager that cuts again at once must not be asked without pause. */
const AFTER_CUT_MS = 500;

export function attend(live: Live, session: SessionLink, ui: Store<Ui>): void {
  const { socket } = live;
  const follow = () => {
    const now = session.store.get();
    if (isLetIn(now)) {
      if (!socket.active) socket.connect();
      return;
    }
    socket.disconnect();
    // Logged out: nobody who comes by later shall see what was there.
    if (now.kind !== 'login' || now.ended !== null) return;
    live.fleet.set(() => NOTHING_YET);
    ui.set(({ route }) => initialUi(route));
  };
  session.store.subscribe(follow);
  socket.on('connect_error', () => {
    // While the manager is away the connection tries by itself. What it refuses, it does not try again.
    void session.refresh().then(() => !socket.active && setTimeout(follow, AFTER_CUT_MS));
  });
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return;
    void session.refresh().then(() => !socket.active && setTimeout(follow, AFTER_CUT_MS));
  });
  // Logged in by another tab.
  addEventListener('focus', () => {
    if (!isLetIn(session.store.get())) void session.refresh();
  });
  void session.refresh();
}
