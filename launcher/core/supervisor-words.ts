/** What the supervisor hears and what it answers with. Events are commands of people and news of the kernel. */
import type { Unmet } from '../../protocol/dependencies';
import type { CommandId, RunId } from '../../protocol/ids';
import type { Exit } from '../../protocol/exit';
import type { CommandResult } from '../../protocol/link';
import type { ProcessIdentity, StopCertificate } from '../../protocol/process-state';
import type { Supervised, Unwell } from './supervisor-state';

interface Asked {
  /** Who asked: `operator 127.0.0.1`, `FailureHandler`, `--auto-start`. */
  readonly by: string;
  readonly why: string;
  /** Null = nobody waits for an answer. */
  readonly command: CommandId | null;
}

/**
 * What keeps a run from being born. `passing`: it can change by itself (no memory, no file descriptors, disk full).
 * `lasting`: the definition or the machine must be changed. `rule`: so says the machine's owner.
 */
export type Obstacle = 'passing' | 'lasting' | 'rule';

export type SupervisorEvent =
  | ({ readonly kind: 'start' } & Asked)
  | ({ readonly kind: 'stop' } & Asked)
  | ({ readonly kind: 'restart' } & Asked)
  | ({ readonly kind: 'kill' } & Asked)
  /** Stop it, by its steps, and keep it from running until it is enabled. `untilMs` null = by somebody. */
  | ({ readonly kind: 'disable'; readonly untilMs: number | null } & Asked)
  | ({ readonly kind: 'enable' } & Asked)
  /** Stop it together with everything else here: what was wanted is started again by the launcher's next start. */
  | ({ readonly kind: 'end' } & Asked)
  /** The shim's word: the child is born. */
  | {
      readonly kind: 'spawned';
      readonly run: RunId;
      readonly identity: ProcessIdentity;
      /** What the definition asks for and this run does not have, a sentence each; null = as remembered. */
      readonly unenforced: readonly string[] | null;
      /** What it is held by, a clause each; null = as remembered. */
      readonly isolation: readonly string[] | null;
    }
  /** What it is held by is known now, and was not at its birth: its container is there. */
  | {
      readonly kind: 'held';
      readonly run: RunId;
      readonly isolation: readonly string[];
      /** Beside what was told at its birth. */
      readonly unenforced: readonly string[];
    }
  | {
      readonly kind: 'spawnFailed';
      readonly run: RunId;
      readonly why: string;
      readonly obstacle: Obstacle;
    }
  /** The leader ended. `remains`: other processes of its tree that still live. */
  | { readonly kind: 'ended'; readonly run: RunId; readonly exit: Exit; readonly remains: number }
  /** Its ready probe succeeded. */
  | { readonly kind: 'ready'; readonly run: RunId }
  /** An alive probe whose action is restart failed, or it was not ready within its time. */
  | ({ readonly kind: 'unwell'; readonly run: RunId } & Unwell)
  /** What it depends on stands otherwise than before: `Turn.unmet` says how. */
  | { readonly kind: 'standings' }
  /** The machine was restarted while the run lived. Not the program's fault, so no policy is asked. */
  | { readonly kind: 'rebooted'; readonly run: RunId; readonly exit: Exit }
  | { readonly kind: 'timerDue' }
  /** Verified: nothing of the run's tree is left, and its exit is known or known to be unknown. */
  | {
      readonly kind: 'treeGone';
      readonly run: RunId;
      readonly exit: Exit;
      readonly certificate: StopCertificate;
    }
  /** SIGKILL was sent and sent again, and something is still there. `treeGone` may yet follow. */
  | { readonly kind: 'treeLeft'; readonly run: RunId; readonly certificate: StopCertificate };

export type SupervisorEffect =
  | { readonly kind: 'spawn'; readonly run: RunId }
  /** The first signal of a stop, or that of a further step. */
  | { readonly kind: 'stopTree'; readonly run: RunId; readonly signal: string }
  | { readonly kind: 'killTree'; readonly run: RunId }
  | { readonly kind: 'answer'; readonly command: CommandId; readonly result: CommandResult }
  | { readonly kind: 'runStarted'; readonly run: RunId; readonly identity: ProcessIdentity }
  | {
      readonly kind: 'runEnded';
      readonly run: RunId;
      readonly exit: Exit;
      readonly certificate: StopCertificate | null;
    };

/** Read once per turn, outside. */
export interface Turn {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
  /** The id a run born in this turn gets. Read at most once. */
  readonly nextRun: RunId;
  /** Conditions of `spec.dependsOn` that do not hold now. Asked wherever a run would be born. */
  readonly unmet: readonly Unmet[];
  /** Everything here is being stopped, so nothing is born any more. No wish is changed by it. */
  readonly isEnding: boolean;
}

export interface Step {
  readonly process: Supervised;
  readonly effects: readonly SupervisorEffect[];
}
