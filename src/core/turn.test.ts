import { ownAsker } from '../../protocol/trust';
import * as fc from 'fast-check';
import { Refusal } from '../../protocol/errors';
import { exitOfStatus } from '../../protocol/exit';
import type { CommandId, InstanceId, ProcessName, WorkerId } from '../../protocol/ids';
import type { LauncherIdentity, SequencedFact } from '../../protocol/link';
import { MachineUsage, ProcessUsage } from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport, ProcessState } from '../../protocol/process-state';
import type { CommandOf, EngineCommand } from './commands';
import { emptyModel, type Model } from './model';
import type { CoreSettings } from './settings';
import { judgeBeat } from './monitor/process-monitor';
import { AT_HOME, identityOf, RUN, SETTINGS } from './test-fleet';
import { Turn } from './turn';
import { processView, workerView } from './views';

const CHECKED: CoreSettings = {
  ...SETTINGS,
  cpu: { ...SETTINGS.cpu, below: 0.1 },
  memory: { ...SETTINGS.memory, below: 0.1 },
};

/** A manager without a world: time and commands by hand. */
class Fleet {
  readonly model: Model = emptyModel();
  nowMs = 1_000_000;
  constructor(readonly settings: CoreSettings = CHECKED) {}

  ask<K extends EngineCommand['kind']>(command: CommandOf<K>) {
    const turn = new Turn(this.model, this.settings, this.nowMs);
    const reply = turn.take(command);
    return { turn, reply, kinds: turn.facts.map(({ kind }) => kind) };
  }

  /** A launcher that registered, opened its link and synced one process named as itself. */
  join(id: string, state: ProcessState, more: Partial<LauncherIdentity> = {}) {
    const identity = identityOf(id, more);
    this.ask({ kind: 'registerLauncher', ...AT_HOME, identity });
    this.ask({ kind: 'openLink', proof: AT_HOME.proof, identity, connection: `${id}-1` });
    return this.sync(id, state);
  }

  sync(id: string, state: ProcessState) {
    const spec = ProcessSpec.parse({ name: id, command: `run ${id}` });
    const message = { processes: [{ spec, report: report(id, state) }], runs: [] };
    return this.ask({ kind: 'sync', worker: id as WorkerId, connection: `${id}-1`, message });
  }

  tell(id: string, seq: number, fact: SequencedFact['fact']) {
    return this.ask({
      kind: 'launcherFacts',
      worker: id as WorkerId,
      instance: 'i1' as InstanceId,
      facts: [{ seq, atMs: this.nowMs, fact }],
    });
  }

  worker(id: string) {
    const worker = this.model.workers.get(id as WorkerId);
    if (worker === undefined) throw new Error(`no ${id}`);
    return workerView(this.model, worker);
  }

  process(key: string) {
    const process = this.model.processes.get(key as never);
    if (process === undefined) throw new Error(`no ${key}`);
    return processView(this.model, process, 0);
  }
}

const report = (name: string, state: ProcessState): ProcessReport => ({
  name,
  desired: state.kind === 'stopped' ? 'stopped' : 'running',
  state,
  restarts: 0,
  restartsCounted: 0,
  lastExit: null,
  disabled: null,
  unenforced: [],
});
const running = (pid = 7): ProcessState => ({
  kind: 'running',
  why: 'started',
  sinceMs: 0,
  run: RUN,
  identity: { bootId: 'b', pid, startTicks: 1 },
  readyAtMs: 0,
});
const stopped: ProcessState = { kind: 'stopped', why: 'never started', sinceMs: 0, exit: null, certificate: null };
const failed: ProcessState = {
  kind: 'failed',
  why: 'exit code 1; budget',
  sinceMs: 0,
  exit: exitOfStatus(1, 0),
  certificate: null,
};
const backoff: ProcessState = {
  kind: 'backoff',
  why: 'exit code 1',
  sinceMs: 0,
  exit: exitOfStatus(1, 0),
  restartAtMs: 1,
  attempt: 1,
};
const control = (id: string, verb: 'start' | 'stop' | 'restart' | 'kill'): CommandOf<'control'> => ({
  kind: 'control',
  id,
  process: null,
  verb,
  by: ownAsker('test'),
});

describe('silence', () => {
  test('a worker is stale at half of its timeout, lost at the whole, and itself again when heard', () => {
    const fleet = new Fleet();
    fleet.join('w1', running());
    fleet.nowMs += 4999;
    expect(fleet.ask({ kind: 'tick' }).kinds).toEqual([]);
    fleet.nowMs += 1;
    expect(fleet.ask({ kind: 'tick' }).kinds).toEqual(['worker.presence']);
    expect(fleet.worker('w1').state).toBe('stale');
    expect(fleet.process('w1/w1').state).toBe('running');
    fleet.nowMs += 5000;
    fleet.ask({ kind: 'tick' });
    expect(fleet.worker('w1').state).toBe('offline');
    expect(fleet.process('w1/w1')).toMatchObject({ state: 'unknown', pid: 7, desired: 'running' });
    const back = fleet.ask({ kind: 'heard', worker: 'w1' as WorkerId });
    expect(back.turn.effects).toEqual([{ kind: 'askForSync', worker: 'w1' }]);
    expect(fleet.process('w1/w1').state).toBe('running');
  });

  test('a lost worker whose process had ended leaves it as it was', () => {
    const fleet = new Fleet();
    fleet.join('w1', stopped);
    fleet.nowMs += 60_000;
    fleet.ask({ kind: 'tick' });
    expect(fleet.process('w1/w1').state).toBe('stopped');
  });
});

describe('who a worker id belongs to', () => {
  test('another machine is refused while the first holds something, and taken once it is lost and idle', () => {
    const fleet = new Fleet();
    fleet.join('w1', running());
    const other = identityOf('w1', { hostname: 'elsewhere', instance: 'i2' as InstanceId });
    expect(fleet.ask({ kind: 'registerLauncher', ...AT_HOME, identity: other }).reply).toMatchObject({
      code: 'worker_taken',
    });
    fleet.nowMs += 60_000;
    fleet.ask({ kind: 'tick' });
    expect(fleet.ask({ kind: 'registerLauncher', ...AT_HOME, identity: other }).reply).toMatchObject({
      code: 'worker_taken',
    });
    const idle = new Fleet();
    idle.join('w1', stopped);
    idle.nowMs += 60_000;
    idle.ask({ kind: 'tick' });
    expect(idle.ask({ kind: 'registerLauncher', ...AT_HOME, identity: other }).reply).toMatchObject({ paceMs: 1000 });
  });

  test('another protocol version is refused with both versions named', () => {
    const { reply } = new Fleet().ask({
      kind: 'registerLauncher',
      ...AT_HOME,
      identity: identityOf('w1', { protocol: 99 }),
    });
    expect(reply).toBeInstanceOf(Refusal);
    expect((reply as Refusal).message).toContain('99');
  });
});

describe('commands for a launcher', () => {
  test('one sent over an open link is sent again at every sync until its result is in, and never after', () => {
    const fleet = new Fleet();
    fleet.join('w1', stopped);
    const { reply, turn } = fleet.ask(control('w1', 'start'));
    expect(reply).toMatchObject({ delivery: 'sent' });
    expect(turn.effects).toHaveLength(1);
    const { id } = reply as { id: CommandId };
    expect(fleet.sync('w1', stopped).turn.effects).toMatchObject([{ kind: 'send', message: { id } }]);
    const done = {
      kind: 'command.done',
      id,
      result: { ok: true, message: 'running, pid 7', certificate: null },
    } as const;
    expect(fleet.tell('w1', 1, done).kinds).toContain('command.done');
    expect(fleet.sync('w1', running()).turn.effects).toEqual([]);
  });

  test('for a worker that is away it is queued, in order', () => {
    const fleet = new Fleet();
    fleet.join('w1', stopped);
    fleet.ask({ kind: 'closeLink', worker: 'w1' as WorkerId, connection: 'w1-1' });
    const verbs = ['start', 'stop', 'restart'] as const;
    for (const verb of verbs) expect(fleet.ask(control('w1', verb)).reply).toMatchObject({ delivery: 'queued' });
    fleet.ask({ kind: 'openLink', proof: AT_HOME.proof, identity: identityOf('w1'), connection: 'w1-1' });
    const sent = fleet
      .sync('w1', stopped)
      .turn.effects.map((effect) =>
        effect.kind === 'send' && effect.message.kind === 'control' ? effect.message.verb : null,
      );
    expect(sent).toEqual(verbs);
  });

  test('facts that were told before change nothing', () => {
    const fleet = new Fleet();
    fleet.join('w1', stopped);
    const changed = { kind: 'process.changed', report: report('w1', running()) } as const;
    expect(fleet.tell('w1', 5, changed).kinds).toContain('process.reported');
    expect(fleet.tell('w1', 5, changed).kinds).toEqual([]);
    expect(fleet.tell('w1', 4, changed).turn.effects).toEqual([
      { kind: 'acknowledge', worker: 'w1', seq: 5, mayWait: false },
    ]);
  });
});

describe('a plain client', () => {
  const register = (fleet: Fleet, id = 'c1') =>
    fleet.ask({
      kind: 'registerPlain',
      by: ownAsker('operator'),
      id: id as WorkerId,
      command: 'x',
      workingDir: null,
      hostname: 'h',
      labels: {},
      heartbeatIntervalMs: 5000,
      account: null,
      run: RUN,
    });
  const beat = (fleet: Fleet, status: 'running' | 'stopped' | null = null) =>
    fleet.ask({
      kind: 'plainHeartbeat',
      worker: 'c1' as WorkerId,
      said: { status, pid: undefined, restarts: undefined, exitCode: undefined },
    });

  test('every command is taken once and in order, however they and the heartbeats interleave', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('start', 'stop', 'restart', 'kill', 'beat', 'lose'), { maxLength: 60 }),
        (steps) => {
          const fleet = new Fleet();
          register(fleet);
          const issued: string[] = [];
          const taken: string[] = [];
          const drain = () => {
            const { reply } = beat(fleet);
            if (reply instanceof Refusal) throw reply;
            return reply.command;
          };
          for (const step of steps) {
            if (step === 'beat') {
              const command = drain();
              if (command !== null) taken.push(command.verb);
            } else if (step === 'lose') {
              const command = drain();
              if (command !== null) fleet.ask({ kind: 'requeue', command });
            } else {
              fleet.ask(control('c1', step as 'start'));
              issued.push(step);
            }
          }
          for (let command = drain(); command !== null; command = drain()) taken.push(command.verb);
          expect(taken).toEqual(issued);
        },
      ),
    );
  });

  test('a heartbeat without news is no fact', () => {
    const fleet = new Fleet();
    register(fleet);
    expect(beat(fleet, 'running').kinds).toEqual(['process.plain-reported']);
    expect(beat(fleet, 'running').kinds).toEqual([]);
  });

  test('it is given three of its own intervals before it is lost', () => {
    const fleet = new Fleet();
    register(fleet);
    fleet.nowMs += 14_999;
    fleet.ask({ kind: 'tick' });
    expect(fleet.worker('c1').state).toBe('stale');
    fleet.nowMs += 1;
    fleet.ask({ kind: 'tick' });
    expect(fleet.worker('c1').state).toBe('offline');
  });
});

describe('FailureHandler', () => {
  test('a crash and restart told in one message are a recovery and its end, as when told one by one', () => {
    const fleet = new Fleet();
    fleet.join('w1', running());
    const facts = [backoff, running(8)].map((state, i) => ({
      seq: i + 1,
      atMs: 0,
      fact: { kind: 'process.changed', report: report('w1', state) } as const,
    }));
    const { turn } = fleet.ask({
      kind: 'launcherFacts',
      worker: 'w1' as WorkerId,
      instance: 'i1' as InstanceId,
      facts,
    });
    expect(turn.events.map(({ kind }) => kind)).toEqual([
      'process.backoff',
      'recovery.restarting',
      'process.running',
      'recovery.completed',
    ]);
    expect(fleet.model.recoveryTotals).toEqual({ completed: 1, failed: 0 });
  });

  const reassigning = { ...CHECKED, recovery: { ...CHECKED.recovery, reassign: true } };
  const lose = (fleet: Fleet) => {
    fleet.nowMs += 10_000;
    const contact = fleet.model.contacts.get('w2' as WorkerId);
    if (contact !== undefined) contact.lastContactMs = fleet.nowMs;
    return fleet.ask({ kind: 'tick' });
  };

  test('a lost process goes to an idle worker that allows it, and its old run is stopped first thing on return', () => {
    const fleet = new Fleet(reassigning);
    fleet.join('w1', running());
    fleet.join('w2', stopped, { labels: { 'accept-reassigned': 'w*' } });
    const { turn } = lose(fleet);
    expect(turn.effects).toMatchObject([
      { kind: 'send', worker: 'w2', message: { kind: 'define', start: true, spec: { name: 'w1' } } },
    ]);
    expect(fleet.process('w1/w1')).toMatchObject({ state: 'unknown', why: expect.stringContaining('w2/w1') as string });
    fleet.ask({ kind: 'openLink', proof: AT_HOME.proof, identity: identityOf('w1'), connection: 'w1-1' });
    expect(fleet.sync('w1', running()).turn.effects[0]).toMatchObject({
      kind: 'send',
      worker: 'w1',
      message: { kind: 'supersede' },
    });
    expect(fleet.ask(control('w1', 'start')).reply).toMatchObject({ code: 'superseded' });
  });
});

describe('a process given from the manager', () => {
  const define = (name: string, more: { command?: string; mustBeNew?: boolean } = {}): CommandOf<'defineProcess'> => ({
    kind: 'defineProcess',
    worker: 'w1',
    spec: ProcessSpec.parse({ name, command: more.command ?? 'x' }),
    start: true,
    mustBeNew: more.mustBeNew ?? false,
    by: ownAsker('test'),
  });
  const idOf = ({ turn }: ReturnType<Fleet['ask']>): CommandId =>
    turn.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.message.id] : []))[0] as CommandId;
  const done = (id: CommandId): SequencedFact['fact'] => ({
    kind: 'command.done',
    id,
    result: { ok: true, message: '', certificate: null },
  });

  test('is known from its first word on, also when its whole life is one message', () => {
    const fleet = new Fleet();
    fleet.join('w1', stopped);
    const id = idOf(fleet.ask(define('short')));
    const changed = (state: ProcessState): SequencedFact['fact'] => ({
      kind: 'process.changed',
      report: report('short', state),
    });
    const ended: SequencedFact['fact'] = {
      kind: 'run.ended',
      process: 'short' as ProcessName,
      run: RUN,
      exit: exitOfStatus(1, 0),
      outputBytes: 42,
      certificate: null,
    };
    const { turn } = fleet.ask({
      kind: 'launcherFacts',
      worker: 'w1' as WorkerId,
      instance: 'i1' as InstanceId,
      facts: [changed(running()), done(id), changed(failed), ended].map((fact, i) => ({ seq: i + 1, atMs: 0, fact })),
    });
    expect(turn.events.filter(({ kind }) => kind === 'process.defined')).toHaveLength(1);
    expect(fleet.process('w1/short')).toMatchObject({
      state: 'failed',
      command: 'x',
      last_run: { run_id: RUN, output_bytes: 42 },
    });
  });

  test('keeps its old definition until its launcher has the new one', () => {
    const fleet = new Fleet();
    fleet.join('w1', running());
    const first = idOf(fleet.ask(define('given')));
    fleet.tell('w1', 1, { kind: 'process.changed', report: report('given', running(7)) });
    fleet.tell('w1', 2, done(first));
    const id = idOf(fleet.ask(define('given', { command: 'y' })));
    fleet.tell('w1', 3, { kind: 'process.changed', report: report('given', running(8)) });
    expect(fleet.process('w1/given')).toMatchObject({ command: 'x', version: 1 });
    fleet.tell('w1', 4, done(id));
    expect(fleet.process('w1/given')).toMatchObject({ command: 'y', version: 2, pid: 8 });
  });

  test("a launcher's own process is not defined again from here", () => {
    const fleet = new Fleet();
    fleet.join('w1', running());
    expect(fleet.ask(define('w1', { command: 'y' })).reply).toMatchObject({ code: 'defined_elsewhere' });
  });

  test('one that nobody asked for makes the manager ask for the whole table', () => {
    const fleet = new Fleet();
    fleet.join('w1', stopped);
    const { turn } = fleet.tell('w1', 1, { kind: 'process.changed', report: report('stranger', running()) });
    expect(turn.effects).toContainEqual({ kind: 'askForSync', worker: 'w1' });
  });

  test('must_be_new holds against what is known and against what is on its way', () => {
    const fleet = new Fleet();
    fleet.join('w1', stopped);
    expect(fleet.ask(define('w1', { mustBeNew: true })).reply).toMatchObject({ code: 'process_taken' });
    expect(fleet.ask(define('new', { mustBeNew: true })).reply).toMatchObject({ delivery: 'sent' });
    expect(fleet.ask(define('new', { mustBeNew: true })).reply).toMatchObject({ code: 'process_taken' });
    expect(fleet.ask(define('new')).reply).toMatchObject({ delivery: 'sent' });
  });
});

describe('what a path means', () => {
  test("the local launcher's processes answer to their own names", () => {
    const fleet = new Fleet();
    const identity = identityOf('local', { kind: 'local' });
    fleet.ask({ kind: 'registerLauncher', ...AT_HOME, identity });
    fleet.ask({ kind: 'openLink', proof: AT_HOME.proof, identity, connection: 'local-1' });
    const processes = ['api', 'db'].map((name) => ({
      spec: ProcessSpec.parse({ name, command: name }),
      report: report(name, stopped),
    }));
    fleet.ask({ kind: 'sync', worker: 'local' as WorkerId, connection: 'local-1', message: { processes, runs: [] } });
    expect(fleet.ask(control('db', 'start')).reply).toMatchObject({ key: 'local/db' });
    expect(fleet.process('local/db').id).toBe('db');
    expect(fleet.ask(control('dbb', 'start')).reply).toMatchObject({
      code: 'unknown_worker',
      details: { nearest: ['db'] },
    });
    expect(fleet.ask(control('local', 'start')).reply).toMatchObject({
      code: 'unknown_process',
      details: { known: ['api', 'db'] as ProcessName[] },
    });
  });
});

describe('zombies', () => {
  const beat = (zombie: 'dead-unreaped' | null) => ({
    atMs: 0,
    machine: null,
    usage: [
      ProcessUsage.parse({
        name: 'w1' as ProcessName,
        run: RUN,
        cpu: 1,
        rssBytes: 1,
        processes: 1,
        zombie,
        healthy: null,
        healthError: null,
      }),
    ],
    gone: [],
  });

  test('one that is seen for a moment is a death like any other; one that stays is a finding', () => {
    const fleet = new Fleet();
    fleet.join('w1', running());
    const look = (zombie: 'dead-unreaped' | null) =>
      judgeBeat(fleet.model, 'w1' as WorkerId, beat(zombie), CHECKED, fleet.nowMs).raised.length;
    expect(look('dead-unreaped')).toBe(0);
    fleet.nowMs += 1000;
    expect(look(null)).toBe(0);
    for (let sample = 0; sample < 3; sample++) {
      expect(look('dead-unreaped')).toBe(0);
      fleet.nowMs += 1000;
    }
    expect(look('dead-unreaped')).toBe(1);
  });
});

test('a full disk is told of its worker, and over when there is room', () => {
  const fleet = new Fleet();
  fleet.join('w1', running());
  const look = (diskFreeBytes: number | null) => {
    const machine = { cpus: 1, cpu: 0, memoryTotalBytes: 0, memoryAvailableBytes: 0, load1: 0, diskFreeBytes };
    const beat = { atMs: fleet.nowMs, machine: MachineUsage.parse(machine), usage: [], gone: [] };
    const { raised, cleared } = judgeBeat(fleet.model, 'w1' as WorkerId, beat, CHECKED, fleet.nowMs);
    fleet.ask({ kind: 'judge', raised, cleared });
    return fleet.worker('w1').findings;
  };
  const full = ["its launcher's disk is full: nothing can be started there until there is room"];
  expect([look(null), look(4096), look(8192), look(2 ** 30)]).toEqual([[], full, full, []]);
});
