/** What the page itself is doing: where the reader is, what is ticked, asked, answered. Nothing here is the fleet's. */
import { NO_REQUESTS, type Requests } from './requests';
import { NOTHING_SELECTED, type Selection } from './selection';
import type { Toasts } from './toasts';
import type { Verb } from './commands';
import type { Route } from './route';

export interface Ui {
  readonly route: Route;
  readonly selection: Selection;
  /** Row id under the keyboard; null = none. */
  readonly cursor: string | null;
  /** Workers folded away. */
  readonly folded: ReadonlySet<string>;
  readonly dialog:
    | { readonly kind: 'none' }
    | { readonly kind: 'keys' }
    | { readonly kind: 'confirm'; readonly verb: Verb; readonly keys: readonly string[] }
    | { readonly kind: 'disable' | 'rolling'; readonly keys: readonly string[] };
  /** Processes whose output is searched; null = none, and the table is shown. */
  readonly searching: readonly string[] | null;
  readonly requests: Requests;
  readonly toasts: Toasts;
}

export const initialUi = (route: Route): Ui => ({
  route,
  selection: NOTHING_SELECTED,
  cursor: null,
  folded: new Set(),
  dialog: { kind: 'none' },
  searching: null,
  requests: NO_REQUESTS,
  toasts: [],
});
