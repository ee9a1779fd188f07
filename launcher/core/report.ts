/** What the wire shows of a supervised process: the protocol's state, without the supervisor's private memory. */
import type { ProcessReport, ProcessState } from '../../protocol/process-state';
import type { Supervised, SupervisorState } from './supervisor-state';

export function reportOf(process: Supervised, nowMs: number): ProcessReport {
  const { state, history, spec } = process;
  // What was given up stays so when its restarts are long ago, and so does the reason.
  const countedAtMs = state.kind === 'failed' ? state.sinceMs : nowMs;
  return {
    name: spec.name,
    desired: process.desired,
    state: shown(state),
    restarts: process.restarts,
    restartsCounted: history.restartsAtMs.filter((at) => at > countedAtMs - spec.restart.windowMs).length,
    lastExit: process.lastExit,
    disabled: process.disabled,
    unenforced: process.unenforced,
    ...(process.isolation.length === 0 ? {} : { isolation: process.isolation }),
  };
}

function shown(state: SupervisorState): ProcessState {
  switch (state.kind) {
    case 'waiting': {
      const { kind, why, sinceMs, on, exit } = state;
      return { kind, why, sinceMs, on, exit };
    }
    case 'starting': {
      const { kind, why, sinceMs, run } = state;
      return { kind, why, sinceMs, run };
    }
    case 'stopping': {
      const { kind, why, sinceMs, run, killAtMs, then } = state;
      return { kind, why, sinceMs, run, killAtMs, then: then === 'stop' ? 'stop' : 'restart' };
    }
    case 'failed': {
      const { kind, why, sinceMs, exit, certificate } = state;
      return { kind, why, sinceMs, exit, certificate };
    }
    default:
      return state;
  }
}
