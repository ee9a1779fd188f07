/** A manager without a world, for tests of the core: time, launchers and commands by hand. */
import type { AccountId } from './trust/rows';
import { exitOfStatus, type Exit } from '../../protocol/exit';
import type { InstanceId, RunId, WorkerId } from '../../protocol/ids';
import type { AttemptId } from '../../protocol/jobs';
import { LIMITS } from '../../protocol/limits';
import { ProcessUsage, type LauncherFact, type LauncherIdentity } from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';
import { standingOf } from '../../protocol/standing';
import type { ProcessReport, ProcessState } from '../../protocol/process-state';
import type { EventView } from '../../protocol/views';
import type { CommandOf, EngineCommand } from './commands';
import { emptyModel, type Finding, type Model } from './model';
import { judgeBeat } from './monitor/process-monitor';
import { JOB_DEFAULTS, type CoreSettings } from './settings';
import { Turn } from './turn';

export const SETTINGS: CoreSettings = {
  jobs: JOB_DEFAULTS,
  secretNames: [],
  heartbeatTimeoutMs: 10_000,
  samplingIntervalMs: 1000,
  zombieDetection: true,
  cpu: { below: null, above: null, forMs: 60_000, action: 'warn' },
  memory: { below: null, above: null, forMs: 0, action: 'warn' },
  crashLoopShare: 0.5,
  recovery: {
    enabled: true,
    maxAttempts: 3,
    windowMs: 60_000,
    stopAllOnFailure: false,
    reassign: false,
    brake: { failures: 5, share: 0.33, windowMs: 30_000, holdMs: 60_000, releaseAtOnce: 3 },
  },
};
export const withRecovery = (recovery: Partial<CoreSettings['recovery']>): CoreSettings => ({
  ...SETTINGS,
  recovery: { ...SETTINGS.recovery, ...recovery },
});

/** A launcher on the manager's machine while nobody is defined. */
export const AT_HOME = {
  proof: { tokenHash: null, keyHash: null, from: '127.0.0.1', isTrusted: true, isOpen: true },
  newAccount: 'w_1' as AccountId,
} as const;

export const RUN = '1700000000000abcdefghij22' as RunId;

export class TestFleet {
  readonly model: Model = emptyModel();
  readonly events: EventView[] = [];
  nowMs = 1_700_000_000_000;
  private readonly seqs = new Map<string, number>();

  constructor(readonly settings: CoreSettings = SETTINGS) {}

  ask<K extends EngineCommand['kind']>(command: CommandOf<K>) {
    const turn = new Turn(this.model, this.settings, this.nowMs);
    const reply = turn.take(command);
    turn.close();
    this.events.push(...turn.events);
    return { turn, reply };
  }

  /** A launcher that registered, opened its link and synced its processes; alone, one named as itself. */
  join(id: string, state: ProcessState | Record<string, ProcessState>, more: Partial<Joining> = {}) {
    const states = 'kind' in state ? { [id]: state as ProcessState } : state;
    const { labels = {}, slots = 0, abilities = [] } = more;
    const identity = identityOf(id, { labels, slots, abilities: [...abilities] });
    this.ask({ kind: 'registerLauncher', identity, ...AT_HOME });
    this.ask({ kind: 'openLink', identity, proof: AT_HOME.proof, connection: `${id}-1` });
    const processes = Object.entries(states).map(([name, its]) => ({
      spec: ProcessSpec.parse({ name, command: `run ${name}`, ...more.spec }),
      report: report(name, its),
    }));
    const { attempts } = more;
    const message = { processes, runs: [], ...(attempts === undefined ? {} : { attempts: [...attempts] }) };
    return this.ask({ kind: 'sync', worker: id as WorkerId, connection: `${id}-1`, message });
  }

  /** Facts of a launcher, numbered in order. */
  tell(id: string, ...facts: LauncherFact[]) {
    const first = (this.seqs.get(id) ?? 0) + 1;
    this.seqs.set(id, first + facts.length - 1);
    return this.ask({
      kind: 'launcherFacts',
      worker: id as WorkerId,
      instance: 'i1' as InstanceId,
      facts: facts.map((fact, i) => ({ seq: first + i, atMs: this.nowMs, fact })),
    });
  }

  change(id: string, state: ProcessState, more: Partial<ProcessReport> & { name?: string } = {}) {
    return this.tell(id, { kind: 'process.changed', report: { ...report(more.name ?? id, state), ...more } });
  }

  find(subject: string, kind: Finding['kind'], message = `${kind} found`) {
    const finding = { kind, message, sinceMs: this.nowMs };
    return this.ask({ kind: 'judge', raised: [{ subject, finding }], cleared: [] });
  }

  clear(subject: string, kind: Finding['kind']) {
    const finding = this.model.findings.get(subject)?.get(kind);
    if (finding !== undefined) this.ask({ kind: 'judge', raised: [], cleared: [{ subject, finding }] });
  }

  beat(id: string, usage: Partial<ProcessUsage>) {
    const whole = ProcessUsage.parse({
      name: id,
      run: RUN,
      cpu: 1,
      rssBytes: 1,
      processes: 1,
      zombie: null,
      healthy: null,
      healthError: null,
      ...usage,
    });
    const beat = { atMs: this.nowMs, machine: null, usage: [whole], gone: [] };
    const { raised, cleared } = judgeBeat(this.model, id as WorkerId, beat, this.settings, this.nowMs);
    return this.ask({ kind: 'judge', raised, cleared });
  }

  /** Time passes, and what falls due happens; workers in `heard` are heard from all the while. */
  pass(ms: number, ...heard: string[]) {
    this.nowMs += ms;
    for (const id of heard) {
      const contact = this.model.contacts.get(id as WorkerId);
      if (contact !== undefined) contact.lastContactMs = this.nowMs;
    }
    return this.ask({ kind: 'tick' });
  }

  /** Every command under way is done; well: what it was for is no longer so. */
  settleAll(ok = true): number {
    const commands = [...this.model.commands.values()];
    for (const { id, worker } of commands) {
      const trigger = this.stories.find(({ waitsFor }) => waitsFor.includes(id))?.trigger ?? null;
      if (ok && trigger !== null) this.clear(trigger.subject, trigger.finding);
      const result = { ok, message: ok ? 'running' : 'no', certificate: null };
      this.tell(worker, { kind: 'command.done', id, result });
    }
    return commands.length;
  }

  get stories() {
    return [...this.model.recoveries.values()];
  }
  get incidents() {
    return [...this.model.incidents.values()];
  }
}

interface Joining {
  readonly labels: Record<string, string>;
  readonly spec: Record<string, unknown>;
  readonly slots: number;
  readonly abilities: readonly string[];
  /** That it holds; absent = it speaks of none. */
  readonly attempts: readonly AttemptId[];
}

export const identityOf = (worker: string, more: Partial<LauncherIdentity> = {}): LauncherIdentity => ({
  worker: worker as WorkerId,
  instance: 'i1' as InstanceId,
  protocol: LIMITS.protocolVersion,
  version: '0',
  hostname: `host-of-${worker}`,
  bootId: 'b',
  pid: 1,
  heartbeatIntervalMs: 5000,
  labels: {},
  token: null,
  key: null,
  kind: 'remote',
  ...more,
});

export const report = (name: string, state: ProcessState): ProcessReport => ({
  name,
  desired: state.kind === 'stopped' ? 'stopped' : 'running',
  state,
  restarts: 0,
  restartsCounted: state.kind === 'backoff' ? state.attempt : 0,
  lastExit: 'exit' in state ? state.exit : null,
  disabled: null,
  unenforced: [],
});

export const running = (pid = 7, why = 'started by --auto-start'): ProcessState => ({
  kind: 'running',
  why,
  sinceMs: 1_700_000_000_000,
  run: RUN,
  identity: { bootId: 'b', pid, startTicks: 1 },
  readyAtMs: 1_700_000_000_000,
});
export const stopped = (why = 'never started'): ProcessState => ({
  kind: 'stopped',
  why,
  sinceMs: 1_700_000_000_000,
  exit: null,
  certificate: null,
});
export const exitedWith = (code: number, cause: Exit['cause'] = null): Exit => ({
  ...exitOfStatus(code, 1_700_000_000_000),
  cause,
});
export const failed = (exit: Exit | null = exitedWith(1), why = 'exit code 1; given up'): ProcessState => ({
  kind: 'failed',
  why,
  sinceMs: 1_700_000_000_000,
  exit,
  certificate: null,
});
export const backoff = (attempt = 1, exit: Exit = exitedWith(1)): ProcessState => ({
  kind: 'backoff',
  why: `exit; restart ${attempt} of 10 in 1 s`,
  sinceMs: 1_700_000_000_000,
  exit,
  restartAtMs: 1_700_000_001_000,
  attempt,
});
export const waiting = (...keys: string[]): ProcessState => ({
  kind: 'waiting',
  why: `waiting for ${keys.join(', ')}; started by operator 10.0.0.7`,
  sinceMs: 1_700_000_000_000,
  on: keys.map((key) => ({ key, condition: 'ready', is: standingOf({ state: stopped() }).is })),
  exit: null,
});
