/** What each finding calls for. One row per kind; the type asks for a new kind's row. */
import type { Finding, RecoveryKind } from '../model';
import type { CoreSettings } from '../settings';

/**
 * `restart`: the run it is about is restarted, within the budget. `tell`: a story without an act of ours, because
 * somebody else acts or it was configured so. `none`: the finding alone is enough.
 */
export interface Policy {
  readonly kind: RecoveryKind;
  readonly action: 'restart' | 'tell' | 'none';
  /** Of a story that is only told: what was decided. */
  readonly decided: string;
}

const restart = (kind: RecoveryKind): Policy => ({ kind, action: 'restart', decided: '' });
const tell = (kind: RecoveryKind, decided: string): Policy => ({ kind, action: 'tell', decided });
/** A threshold acts only where its configuration says so. */
const threshold = ({ action }: { readonly action: 'warn' | 'restart' }): Policy =>
  action === 'restart' ? restart('breach') : { kind: 'breach', action: 'none', decided: '' };

const POLICIES: { readonly [K in Finding['kind']]: (settings: CoreSettings) => Policy } = {
  zombie: () => restart('zombie'),
  unhealthy: () => restart('unhealthy'),
  silence: () => tell('silence', 'only told: its probe is set to warn'),
  'crash-loop': () =>
    tell('crash-loop', 'left to its launcher, which goes on with growing delays until the budget is spent'),
  idle: ({ cpu }) => threshold(cpu),
  busy: ({ cpu }) => threshold(cpu),
  'memory-low': ({ memory }) => threshold(memory),
  'memory-high': ({ memory }) => threshold(memory),
  'disk-full': () => ({ kind: 'breach', action: 'none', decided: '' }),
};

/** With `enable_auto_recovery: false` nothing is restarted; what is only told still is. */
export function policyFor(finding: Finding['kind'], settings: CoreSettings): Policy {
  const policy = POLICIES[finding](settings);
  return policy.action === 'restart' && !settings.recovery.enabled ? { ...policy, action: 'none' } : policy;
}
