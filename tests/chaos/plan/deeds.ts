/** What can be done to the stage. Data: a schedule is made of these before anything happens. */
import type { Verb } from '../../../protocol/link';
import type { Part } from './cast';

export type Player = 'launcher' | 'manager';
export const NET_TROUBLES = ['cut', 'half-open', 'deaf-manager', 'deaf-worker', 'slow', 'flap', 'mid-message'] as const;
export type NetTrouble = (typeof NET_TROUBLES)[number];

/** A thing done to the stage. Whatever it disturbs is set right again after `forMs`. */
export type Deed =
  | { readonly kind: 'order'; readonly part: Part; readonly verb: Verb }
  /** Defined by the manager, started, and later forgotten. */
  | { readonly kind: 'define'; readonly part: Part }
  | { readonly kind: 'forget'; readonly part: Part }
  | { readonly kind: 'kill'; readonly whom: readonly Player[]; readonly worker: string; readonly forMs: number }
  /** SIGTERM, and the other version comes up in its place. */
  | { readonly kind: 'exchange'; readonly whom: Player; readonly worker: string }
  | { readonly kind: 'kill-shim'; readonly part: Part }
  | { readonly kind: 'kill-child'; readonly part: Part }
  | { readonly kind: 'freeze'; readonly whom: Player | 'shim'; readonly part: Part; readonly forMs: number }
  | { readonly kind: 'network'; readonly trouble: NetTrouble; readonly worker: string; readonly forMs: number }
  | { readonly kind: 'disk'; readonly trouble: 'full' | 'read-only'; readonly whose: Player; readonly forMs: number }
  /** Its clock is so far ahead of the machine's from now on; 0 = it is right. */
  | { readonly kind: 'clock'; readonly whose: Player; readonly worker: string; readonly byMinutes: number }
  | { readonly kind: 'reuse-pid'; readonly part: Part }
  | { readonly kind: 'reboot'; readonly worker: string }
  | { readonly kind: 'back-up' }
  | { readonly kind: 'restore' };

export interface Act {
  readonly atMs: number;
  readonly deed: Deed;
}

/** What the machine under the programs is like. */
export interface Setting {
  /** Data directories on small filesystems of their own, of so many MB; null = on the machine's own. */
  readonly diskMb: number | null;
  /** Programs that see a clock of our making. */
  readonly fakeClock: boolean;
  /** File descriptors a launcher may have; null = as many as usual. */
  readonly openFilesMax: number | null;
}

export function deedInWords(deed: Deed): string {
  const { kind, ...rest } = deed;
  const words = Object.values(rest).map((value: unknown) =>
    typeof value === 'object' && value !== null && 'process' in value
      ? `${(value as Part).worker}/${(value as Part).process}`
      : String(value),
  );
  return [kind, ...words].join(' ');
}
