/** Short answers in the corner. Failures stay until they are read away, the rest goes by itself. */
export interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'bad' | 'plain';
  readonly title: string;
  /** One line each. */
  readonly lines: readonly string[];
}
export type Toasts = readonly Toast[];

/** More than these hide the page; the oldest go first. */
const TOASTS_MAX = 5;
/** Lines of one toast; the rest is counted. */
export const TOAST_LINES_MAX = 8;
export const TOAST_LIFE_MS = 7_000;

export const withToast = (toasts: Toasts, toast: Toast): Toasts => [...toasts, toast].slice(-TOASTS_MAX);
export const withoutToast = (toasts: Toasts, id: number): Toasts => toasts.filter((toast) => toast.id !== id);
