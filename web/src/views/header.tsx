import { useApp } from '../parts/app-context';
import { IconButton } from '../parts/icon-button';
import { clockTime } from '../parts/time';
import { useClock, useStore } from '../parts/use-store';
import { useWords } from '../parts/use-words';
import { BrandMark } from './brand-mark';
import { Navigation, useHasManyPages } from './navigation';
import { SettingsMenu } from './settings-menu';
import { SessionMenu } from './trust/session-menu';

export function Header() {
  const hasMany = useHasManyPages();
  return (
    <header className="header" data-many={hasMany || undefined}>
      <div className="brand">
        <BrandMark />
        <span>ProcGuard</span>
      </div>
      <Navigation />
      <LiveLight />
      <Tools />
    </header>
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

function Tools() {
  const { header } = useWords();
  const { ui } = useApp();
  return (
    <div className="header-tools">
      <IconButton
        icon="keys"
        label={header.keys}
        keys="?"
        className="wide-only"
        onClick={() => ui.set((state) => ({ ...state, dialog: { kind: 'keys' } }))}
      />
      <SettingsMenu />
      <SessionMenu />
    </div>
  );
}
