/** The keyboard, for the whole page. Keys go by what is open: a field, a menu or a dialog keeps its own. */
import { useEffect } from 'react';
import { go } from '../link/navigation';
import { useApp, type App } from '../parts/app-context';
import type { Verb } from '../state/commands';
import type { View } from '../state/route';
import { NOTHING_SELECTED, toggled } from '../state/selection';

/** `g` waits this long for its second key. */
const CHORD_MS = 1200;
const PLACES: Readonly<Record<string, View>> = {
  w: 'fleet',
  b: 'jobs',
  d: 'definitions',
  e: 'events',
  r: 'recovery',
  o: 'workers',
  j: 'join',
  u: 'users',
  a: 'audit',
  t: 'account',
};
const VERB_KEYS: Readonly<Record<string, Verb>> = { a: 'start', s: 'stop', r: 'restart' };

/** The table tells its rows to the keyboard through this event: it knows them, and where they are. */
export const MOVE_EVENT = 'procguard:move';
/** The log view listens: `search` or `end`. */
export const LOG_EVENT = 'procguard:log';

export function useKeys(): void {
  const app = useApp();
  useEffect(() => {
    let chordUntilMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (document.querySelector('dialog[open]') || target?.closest('[role="menu"]')) return;
      if (target?.matches('input:not([type="checkbox"]), textarea, select')) {
        // The first Escape empties a search field (the browser does), the next one leaves it.
        if (event.key === 'Escape' && (target as HTMLInputElement).value === '') (target as HTMLElement).blur();
        return;
      }
      const chord = performance.now() < chordUntilMs;
      chordUntilMs = event.key === 'g' && !chord ? performance.now() + CHORD_MS : 0;
      const handled = chord ? goPlace(app, event.key) : onPlainKey(app, event, target);
      if (handled) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [app]);
}

function goPlace(app: App, key: string): boolean {
  const view = PLACES[key];
  if (view !== undefined) go(app.ui, { view });
  return view !== undefined;
}

function onPlainKey(app: App, event: KeyboardEvent, target: Element | null): boolean {
  const { ui, commander } = app;
  const { route, cursor } = ui.get();
  const verb = VERB_KEYS[event.key];
  if (verb !== undefined) {
    const keys = targetKeys(app);
    commander.ask(verb, keys);
    return keys.length > 0;
  }
  const inGrid = target?.closest('[role="treegrid"]') != null || target === document.body || target?.id === 'content';
  switch (event.key) {
    case '?':
      ui.set((state) => ({ ...state, dialog: { kind: 'keys' } }));
      return true;
    case '/':
      return focusSearch(route.process !== null && route.tab === 'log' && route.view === 'fleet');
    case 'G':
      return dispatchEvent(new CustomEvent(LOG_EVENT, { detail: 'end' }));
    case 'Escape':
      return escape(app);
    case 'j':
    case 'k':
      return move(event.key === 'j' ? 1 : -1);
    case 'ArrowDown':
    case 'ArrowUp':
      return inGrid && target?.closest('button, input') == null && move(event.key === 'ArrowDown' ? 1 : -1);
    case 'x':
      if (cursor?.includes('/') === true)
        ui.set((state) => ({ ...state, selection: toggled(state.selection, cursor) }));
      return cursor !== null;
    case 'Enter':
      if (!inGrid || target?.closest('a, button, input') != null) return false;
      return cursor !== null && open(app, cursor);
    case 'l':
      if (cursor !== null && cursor.includes('/')) go(ui, { view: 'fleet', process: cursor, tab: 'log' });
      return cursor !== null;
    default:
      return false;
  }
}

/** What a command key means: the selection, else the row under the cursor, else the open process. */
function targetKeys({ ui }: App): string[] {
  const { selection, cursor, route } = ui.get();
  if (route.view !== 'fleet') return [];
  if (selection.size > 0) return [...selection];
  if (cursor?.includes('/') === true) return [cursor];
  return route.process === null ? [] : [route.process];
}

function open({ ui }: App, row: string): boolean {
  if (row.includes('/')) go(ui, { process: row });
  else go(ui, { worker: row.slice(1), tab: 'why' });
  return true;
}

function move(by: 1 | -1): boolean {
  dispatchEvent(new CustomEvent(MOVE_EVENT, { detail: by }));
  return true;
}

function focusSearch(log: boolean): boolean {
  const field = document.querySelector<HTMLInputElement>(log ? '.log-search-field' : '.search-field');
  field?.focus();
  field?.select();
  return field !== null;
}

function escape({ ui }: App): boolean {
  const { route, selection, cursor, searching } = ui.get();
  if (route.view === 'fleet' && (route.process ?? route.worker) !== null) go(ui, { process: null, worker: null });
  else if (route.view === 'jobs' && route.job !== null) go(ui, { job: null });
  else if (searching !== null) ui.set((state) => ({ ...state, searching: null }));
  else if (selection.size > 0) ui.set((state) => ({ ...state, selection: NOTHING_SELECTED }));
  else if (cursor !== null) ui.set((state) => ({ ...state, cursor: null }));
  else return false;
  return true;
}
