import { go, hrefOf } from '../link/navigation';
import { useApp } from '../parts/app-context';
import { Icon } from '../parts/icon';
import { IconButton } from '../parts/icon-button';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../parts/menu';
import { clockTime } from '../parts/time';
import { useClock, useSettings, useStore, useUi } from '../parts/use-store';
import { useWords, WORDS } from '../parts/use-words';
import { HOME, VIEWS } from '../state/route';
import { languageOf } from '../state/settings';
import { useProblemCount } from './use-document';

export function Header() {
  return (
    <header className="header">
      <Brand />
      <Navigation />
      <LiveLight />
      <SettingsMenu />
    </header>
  );
}

function Brand() {
  return (
    <div className="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path className="brand-shield" d="M16 2.5 27 6.6v8.6c0 6.6-4.3 11.7-11 14.3C9.3 26.9 5 21.8 5 15.2V6.6Z" />
        <path className="brand-beat" d="M9.5 16.5h3.6l2-5 3.2 9 2-4h2.4" />
      </svg>
      <span>ProcGuard</span>
    </div>
  );
}

function Navigation() {
  const words = useWords();
  const { ui } = useApp();
  const route = useUi((state) => state.route);
  const problems = useProblemCount();
  return (
    <nav className="nav" aria-label={words.nav.label}>
      {VIEWS.map((view) => (
        <a
          key={view}
          href={hrefOf({ ...HOME, view })}
          aria-current={route.view === view ? 'page' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey) return;
            event.preventDefault();
            go(ui, { view, ...(view === route.view && { process: null }) });
          }}
        >
          {words.nav[view]}
          {view === 'fleet' && problems > 0 && <span className="nav-count">{words.number(problems)}</span>}
        </a>
      ))}
    </nav>
  );
}

function LiveLight() {
  const words = useWords();
  const { live } = useApp();
  const freshness = useClock((clock) => clock.freshness);
  const shownMs = useClock((clock) => clock.shownMs);
  const version = useStore(live.fleet, (fleet) => fleet.manager?.version ?? null);
  const word = { live: words.header.live, waiting: words.header.connecting, stale: words.header.stale }[freshness.kind];
  return (
    <div
      className="live-light"
      data-kind={freshness.kind}
      title={version === null ? undefined : words.header.manager(version)}
    >
      <span className="live-dot" aria-hidden="true" />
      <span className="live-word">{word}</span>
      {freshness.kind !== 'waiting' && <time>{clockTime(shownMs, words.locale)}</time>}
    </div>
  );
}

function SettingsMenu() {
  const words = useWords();
  const { settings, ui } = useApp();
  const theme = useSettings((state) => state.theme);
  const language = useSettings((state) => languageOf(state, navigator.languages));
  const { header } = words;
  return (
    <div className="header-tools">
      <IconButton
        icon="keys"
        label={header.keys}
        keys="?"
        className="wide-only"
        onClick={() => ui.set((state) => ({ ...state, dialog: { kind: 'keys' } }))}
      />
      <Menu
        label={header.more}
        trigger={
          <button type="button" className="icon-button" aria-label={header.more}>
            <Icon name="settings" />
          </button>
        }
      >
        <MenuChoice
          label={header.theme}
          value={theme}
          choices={[
            ['system', header.themes.system],
            ['light', header.themes.light],
            ['dark', header.themes.dark],
          ]}
          onChoose={(chosen) => settings.set((state) => ({ ...state, theme: chosen }))}
        />
        <MenuLine />
        <MenuChoice
          label={header.language}
          value={language}
          choices={[
            ['en', WORDS.en.languageName],
            ['zh', WORDS.zh.languageName],
          ]}
          onChoose={(chosen) => settings.set((state) => ({ ...state, language: chosen }))}
        />
        <MenuLine />
        <MenuItem icon="keys" keys="?" onSelect={() => ui.set((state) => ({ ...state, dialog: { kind: 'keys' } }))}>
          {header.keys}
        </MenuItem>
      </Menu>
    </div>
  );
}
