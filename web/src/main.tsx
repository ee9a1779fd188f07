/** Wires the page: connection, clock, settings, address bar, and the tree of views. */
import { createRoot } from 'react-dom/client';
import { attend } from './link/attendance';
import { startClock } from './link/clock';
import { createCommander } from './link/commander';
import { connect } from './link/live';
import { followAddressBar } from './link/navigation';
import { openSession } from './link/session';
import { openSettings } from './link/settings-storage';
import { takeSetupToken } from './link/setup-link';
import { AppContext } from './parts/app-context';
import { TipProvider } from './parts/tip';
import { WORDS } from './parts/use-words';
import { parseRoute } from './state/route';
import { languageOf } from './state/settings';
import { createStore } from './state/store';
import { initialUi } from './state/ui';
import { Entrance } from './views/trust/entrance';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/fleet.css';
import './styles/panel.css';
import './styles/log.css';
import './styles/pages.css';
import './styles/why.css';
// Here and not beside the charts: of a piece that two views share the styles would not be fetched.
import 'uplot/dist/uPlot.min.css';
import './styles/usage.css';
import './styles/definitions.css';
import './styles/entrance.css';
import './styles/trust.css';
import './styles/jobs.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');

const setupToken = takeSetupToken();
const settings = openSettings();
const session = openSession();
const ui = createStore(initialUi(parseRoute(location.search)));
const live = connect();
const words = () => WORDS[languageOf(settings.get(), navigator.languages)];
followAddressBar(ui);
const clock = startClock(live);
const commander = createCommander({ live, ui, session, words });
attend(live, session, ui);

createRoot(root).render(
  <AppContext value={{ session, live, ui, settings, clock, commander }}>
    <TipProvider delayDuration={350}>
      <Entrance setupToken={setupToken} />
    </TipProvider>
  </AppContext>,
);
