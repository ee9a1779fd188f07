/** Settings in localStorage. A browser that forbids it still has them for as long as the page is open. */
import { parseSettings, type Settings } from '../state/settings';
import { createStore, type Store } from '../state/store';

const KEY = 'procguard.settings';

export function openSettings(): Store<Settings> {
  const settings = createStore(parseSettings(read()));
  settings.subscribe(() => {
    apply(settings.get());
    try {
      localStorage.setItem(KEY, JSON.stringify(settings.get()));
    } catch {
      // Storage is closed; nothing to tell the reader.
    }
  });
  apply(settings.get());
  return settings;
}

function apply({ theme }: Settings): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
