/** Why a process is in the state its launcher reports: one row per state. */
import { unmetText } from '../../../protocol/dependencies';
import { describeExit, type Exit } from '../../../protocol/exit';
import { probeText } from '../../../protocol/probes';
import type { ProcessReport, ProcessState } from '../../../protocol/process-state';
import { isSpent } from '../recovery/launchers-own';
import { BY } from '../recovery/scene';
import { count, span } from '../spans';
import type { Account, ProcessLook } from './account';
import { askedIn, type Asked } from './asked';
import { exitAccount } from './exit-account';
import { outdatedNote } from '../processes/outdated';

type State<K extends ProcessState['kind']> = Extract<ProcessState, { kind: K }>;
type Row<K extends ProcessState['kind']> = (look: ProcessLook, state: State<K>, report: ProcessReport) => Account;

const ROWS: { readonly [K in ProcessState['kind']]: Row<K> } = {
  stopped: (look, state) => {
    const asked = askedIn(state.why);
    if (asked !== null) return byAsking(asked, state.why, look);
    if (state.exit === null && state.certificate === null && look.process.lastEndedRun === null)
      return { kind: 'none', cause: 'it was never started', by: 'nobody' };
    return { kind: 'none', cause: state.why, by: 'its launcher' };
  },

  waiting: (_look, { on }) => ({
    kind: 'dependency',
    cause: `it waits for ${unmetText(on)}`,
    by: on.map(({ key }) => key).join(', '),
    next: { what: 'it starts by itself as soon as that is so', at_ms: null },
    behindIt: on.map(({ key }) => key),
    advice: on.map(({ key }) => `procguard explain ${key}`),
  }),

  starting: (_look, { why }) => ({
    kind: 'start',
    cause: `it is starting: ${why}`,
    by: askedIn(why)?.by ?? 'its launcher',
    next: { what: 'it is running as soon as its program is there', at_ms: null },
  }),

  running: (look, state, report) => {
    const { spec } = look.process;
    if (state.readyAtMs !== null || spec?.ready == null) return withWhatIsOwed(look, whyItRuns(look, state, report));
    const probe = probeText(spec.ready.check);
    const { withinMs } = spec.ready;
    return withWhatIsOwed(look, {
      kind: 'start',
      cause: `it runs and is not ready yet: its probe (${probe}) has not succeeded`,
      by: askedIn(state.why)?.by ?? 'its launcher',
      next:
        withinMs === null
          ? { what: 'it is asked again until it is ready', at_ms: null }
          : { what: 'if it is not ready by then, it is ended and counts as failed', at_ms: state.sinceMs + withinMs },
    });
  },

  stopping: (look, state) => {
    const asked = askedIn(state.why);
    const next = {
      what: `what is left is killed${state.then === 'restart' ? ', and it starts again' : ''}`,
      at_ms: state.killAtMs,
    };
    if (asked !== null) return { ...byAsking(asked, `it is being stopped: ${state.why}`, look), next };
    const endedItself = state.why.endsWith('left behind');
    return endedItself
      ? { kind: 'exit', cause: state.why, by: 'the program', next }
      : { kind: 'probe', cause: `it is being ended: ${state.why}`, by: 'its launcher', next };
  },

  backoff: (look, { exit, why, restartAtMs, attempt }) => {
    const max = look.process.spec?.restart.maxRestarts ?? 0;
    const next = { what: `restart ${attempt} of ${max}`, at_ms: restartAtMs };
    return { ...endAccount(exit, why), next };
  },

  exited: (look, { exit }) => {
    const policy = look.process.spec?.restart.when ?? 'its own';
    return {
      kind: 'exit',
      cause: `it ended by itself with ${describeExit(exit)}, and the policy ${policy} leaves it so`,
      by: 'the program',
    };
  },

  failed: (look, state, report) => {
    const left = state.certificate?.left ?? [];
    if (left.length > 0)
      return {
        kind: 'operator',
        cause: `a stop could not end ${count(left.length, 'process', 'processes')}: ${state.why}`,
        by: 'its launcher',
        evidence: left.map(({ pid, command }) => ({ at_ms: state.sinceMs, what: `still there: ${pid} ${command}` })),
        advice: [`procguard kill ${look.process.key}`],
      };
    const { when, maxRestarts = 0, windowMs = 0 } = look.process.spec?.restart ?? {};
    if (!isSpent(look.process, report)) {
      const account = endAccount(state.exit, state.why);
      return when === 'never' ? { ...account, cause: `${account.cause}; the policy is never to restart` } : account;
    }
    const last = state.exit === null ? state.why : describeExit(state.exit);
    return {
      kind: 'budget',
      cause: `its budget is spent: ${count(report.restartsCounted, 'restart')} within ${span(windowMs)} is the limit (max_restarts ${maxRestarts}); the last run ended with ${last}`,
      by: 'its launcher',
    };
  },
};

export function stateAccount(look: ProcessLook, report: ProcessReport): Account {
  // The table's type proves that every state has its row; the compiler cannot follow the pairing through an index.
  const row = ROWS[report.state.kind] as Row<ProcessState['kind']>;
  return row(look, report.state, report);
}

/** `could not be started` is no end of a program: there was none. */
function endAccount(exit: Exit | null, why: string): Account {
  if (exit === null || why.startsWith('could not be started'))
    return { kind: 'start', cause: why.replace(/; restart \d+ of .*$/, ''), by: 'its launcher' };
  return exitAccount(exit);
}

/** Why a process runs is why it was started last. */
function whyItRuns(look: ProcessLook, state: State<'running'>, report: ProcessReport): Account {
  const asked = askedIn(state.why);
  if (asked !== null) return byAsking(asked, `it runs: ${state.why}`, look);
  if (!/^restart \d+ of /.test(state.why) || report.lastExit === null)
    return { kind: 'start', cause: `it runs: ${state.why}`, by: 'its launcher' };
  const { kind, cause } = exitAccount(report.lastExit);
  return { kind, cause: `it runs again (${state.why.split(',')[0] ?? ''}); before, ${cause}`, by: 'its launcher' };
}

/** That a restart is owed is said beside the cause: it is none. */
function withWhatIsOwed({ process }: ProcessLook, account: Account): Account {
  const owed = outdatedNote(process);
  if (owed === null) return account;
  return {
    ...account,
    evidence: [...(account.evidence ?? []), { at_ms: null, what: owed }],
    advice: [...(account.advice ?? []), `procguard restart ${process.key}`],
  };
}

/** FailureHandler's hand is a recovery, `--auto-start` a start, everybody else's an operator's. */
function byAsking({ by }: Asked, cause: string, { model, process }: ProcessLook): Account {
  if (by === BY) {
    const story = [...model.recoveries.of(process.worker)].findLast(
      ({ process: name, actor }) => name === process.name && actor === BY,
    );
    const evidence =
      story === undefined ? [] : [{ at_ms: story.beganAtMs, what: `${BY} found: ${story.found}; ${story.decided}` }];
    return { kind: 'recovery', cause, by, evidence };
  }
  return { kind: by === '--auto-start' ? 'start' : 'operator', cause, by };
}
