/** When a process is forgotten that is no longer kept here. */
import type { ProcessRecord } from '../store/process-record';

/**
 * Once it is stopped. One of this launcher's own command line or file stays known as stopped, or it would be met as new,
 * and started, at the launcher's next start.
 * @returns why; null = it is not to be forgotten (now)
 */
export function whyForgotten({ superseded, origin, forgotten, supervised }: ProcessRecord): string | null {
  if (!superseded || forgotten || supervised.state.kind !== 'stopped') return null;
  switch (origin) {
    case 'manager':
      return 'it runs elsewhere now';
    case 'nobody':
      return "it left the launcher's file";
    case 'command-line':
    case 'file':
      return null;
  }
}
