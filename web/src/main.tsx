/** Wires the page: connection, clock, settings, address bar, and the tree of views. */
import { createRoot } from 'react-dom/client';
import { startClock } from './link/clock';
import { createCommander } from './link/commander';
import { connect } from './link/live';
import { followAddressBar } from './link/navigation';
import { openSettings } from './link/settings-storage';
import { AppContext } from './parts/app-context';
import { TipProvider } from './parts/tip';
import { WORDS } from './parts/use-words';
import { parseRoute } from './state/route';
import { languageOf } from './state/settings';
import { createStore } from './state/store';
import { initialUi } from './state/ui';
import { Shell } from './views/shell';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/fleet.css';
import './styles/panel.css';
import './styles/log.css';
import './styles/pages.css';
import './styles/why.css';
import './styles/usage.css';
import './styles/definitions.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');

const settings = openSettings();
const ui = createStore(initialUi(parseRoute(location.search)));
const live = connect();
const words = () => WORDS[languageOf(settings.get(), navigator.languages)];
followAddressBar(ui);

createRoot(root).render(
  <AppContext value={{ live, ui, settings, clock: startClock(live), commander: createCommander(live, ui, words) }}>
    <TipProvider delayDuration={350}>
      <Shell />
    </TipProvider>
  </AppContext>,
);
