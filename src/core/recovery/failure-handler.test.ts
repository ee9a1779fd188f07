import { ownAsker } from '../../../protocol/trust';
import { ProcessName, processKey, WorkerId } from '../../../protocol/ids';
import type { CommandResult } from '../../../protocol/link';
import type { ProcessReport, ProcessState } from '../../../protocol/process-state';
import { moment } from '../spans';
import {
  backoff,
  exitedWith,
  failed,
  report,
  running,
  RUN,
  stopped,
  TestFleet,
  waiting,
  withRecovery,
} from '../test-fleet';

const one = (settings = withRecovery({}), spec: Record<string, unknown> = {}): TestFleet => {
  const fleet = new TestFleet(settings);
  fleet.join('w1', running(), { spec });
  return fleet;
};
const sent = (fleet: TestFleet) => [...fleet.model.commands.values()].map(({ message }) => message);

describe("a launcher's own restarts are told", () => {
  test('a crash: found, decided, did, result', () => {
    const fleet = one();
    fleet.change('w1', backoff(2, exitedWith(3)));
    fleet.nowMs += 1200;
    fleet.change('w1', running(8));
    expect(fleet.stories).toMatchObject([
      {
        kind: 'crash',
        found: 'exit code 3',
        decided: 'its launcher restarts it in 1 s: restart 2 of 10',
        did: 'restarted by its launcher',
        result: 'running again after 1.2 s, pid 8',
        stage: 'completed',
        attempt: 2,
        attemptsMax: 10,
      },
    ]);
    expect(fleet.model.recoveryTotals).toEqual({ completed: 1, failed: 0 });
  });

  test('one whose restart waits for others goes on until it runs', () => {
    const fleet = one();
    fleet.change('w1', backoff());
    fleet.change('w1', waiting('w2/db'));
    expect(fleet.stories[0]).toMatchObject({ endedAtMs: null });
    fleet.change('w1', running(8));
    expect(fleet.stories[0]).toMatchObject({ stage: 'completed' });
  });

  test('what ended it gives the kind: memory is a breach, a probe is silence', () => {
    const fleet = one();
    fleet.change('w1', backoff(1, exitedWith(137, { kind: 'oom', evidence: 'memory limit 2 GB' })));
    fleet.change('w1', running(8));
    fleet.change('w1', backoff(1, exitedWith(143, { kind: 'probe', evidence: 'no output for 30 s' })));
    expect(fleet.stories).toMatchObject([
      { kind: 'breach', found: expect.stringContaining('memory limit 2 GB') as string },
      { kind: 'silence', found: expect.stringContaining('no output for 30 s') as string },
    ]);
  });

  test('stopped meanwhile, it did not recover', () => {
    const fleet = one();
    fleet.change('w1', backoff());
    fleet.change('w1', stopped('stopped by operator 10.0.0.7'));
    expect(fleet.stories).toMatchObject([
      { stage: 'failed', result: 'it is stopped now: stopped by operator 10.0.0.7' },
    ]);
  });
});

describe('a crash loop', () => {
  const dies = (fleet: TestFleet, attempt: number, pid: number) => {
    fleet.change('w1', backoff(attempt));
    fleet.change('w1', running(pid), { restartsCounted: attempt });
  };
  const loops = (fleet: TestFleet) => fleet.stories.filter(({ kind }) => kind === 'crash-loop');

  test('is found before the budget is spent, and again when it is', () => {
    const fleet = one(withRecovery({}), { restart: { maxRestarts: 4 } });
    dies(fleet, 1, 8);
    expect(loops(fleet)).toEqual([]);
    dies(fleet, 2, 9);
    expect(loops(fleet)).toMatchObject([
      { stage: 'detected', found: 'crash loop: 2 of 4 restarts within 10 min are used, then it is given up' },
    ]);
    dies(fleet, 3, 10);
    dies(fleet, 4, 11);
    const end: ProcessReport = { ...report('w1', failed()), restartsCounted: 4 };
    fleet.tell('w1', { kind: 'process.changed', report: end });
    expect(loops(fleet)).toMatchObject([
      { stage: 'failed', result: expect.stringContaining('budget is spent') as string },
    ]);
    expect(fleet.events.filter(({ kind }) => kind === 'finding.crash-loop').map(({ message }) => message)).toEqual([
      'crash loop: 2 of 4 restarts within 10 min are used, then it is given up',
      'crash loop, given up: 4 of 4 restarts within 10 min are used',
    ]);
  });

  test('is over when a life was healthy, by the beats', () => {
    const fleet = one(withRecovery({}), { restart: { maxRestarts: 2, healthyAfterMs: 60_000 } });
    dies(fleet, 1, 8);
    dies(fleet, 2, 9);
    expect(loops(fleet)).toMatchObject([{ stage: 'detected' }]);
    fleet.nowMs = Number(RUN.slice(0, 13)) + 59_999;
    fleet.beat('w1', {});
    expect(loops(fleet)).toMatchObject([{ stage: 'detected' }]);
    fleet.nowMs += 1;
    fleet.beat('w1', {});
    expect(loops(fleet)).toMatchObject([{ stage: 'completed' }]);
    expect(fleet.model.findings.get('w1/w1')?.size).toBe(0);
  });

  test('is no more when somebody starts it anew', () => {
    const fleet = one(withRecovery({}), { restart: { maxRestarts: 2 } });
    dies(fleet, 2, 9);
    fleet.change('w1', running(10, 'restarted by operator 10.0.0.7'), { restartsCounted: 0 });
    expect(loops(fleet)).toMatchObject([{ stage: 'completed', result: 'it is no longer so' }]);
  });
});

describe('findings', () => {
  test('a restart is for the run it was found in, and its result is its end', () => {
    const fleet = one();
    fleet.find('w1/w1', 'zombie', 'leader gone');
    expect(sent(fleet)).toMatchObject([{ verb: 'restart', onlyRun: RUN, why: 'leader gone', by: 'FailureHandler' }]);
    expect(fleet.stories).toMatchObject([{ stage: 'restarting', attempt: 1, attemptsMax: 3, did: 'restart sent' }]);
    fleet.settleAll();
    expect(fleet.stories).toMatchObject([{ stage: 'completed', result: 'running' }]);
  });

  test('of beats that come together the first brings the news, and the others none', () => {
    const fleet = one();
    for (let i = 0; i < 3; i++) fleet.find('w1/w1', 'idle', 'idle: uses nothing');
    expect(fleet.events.filter(({ message }) => message === 'idle: uses nothing')).toHaveLength(1);
    const [finding] = [...fleet.model.findings.get('w1/w1')!.values()];
    const before = fleet.events.length;
    for (let i = 0; i < 3; i++)
      fleet.ask({ kind: 'judge', raised: [], cleared: [{ subject: 'w1/w1', finding: finding! }] });
    expect(fleet.events).toHaveLength(before + 1);
  });

  test('each kind has its own budget; spent, it is said once, with when it may act again, and then it does', () => {
    const fleet = one();
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      fleet.find('w1/w1', 'unhealthy');
      times.push(fleet.nowMs);
      fleet.settleAll();
      fleet.clear('w1/w1', 'unhealthy');
      fleet.nowMs += 1000;
    }
    for (let i = 0; i < 3; i++) {
      fleet.find('w1/w1', 'unhealthy');
      if (i < 2) fleet.clear('w1/w1', 'unhealthy');
    }
    const again = moment(times[0]! + 60_000);
    expect(fleet.stories.filter(({ stage }) => stage === 'failed')).toMatchObject([
      {
        result: `3 recoveries in the last 60 s is the limit (max_recovery_attempts); it may act again from ${again} on`,
      },
    ]);
    expect(sent(fleet)).toEqual([]);
    fleet.find('w1/w1', 'zombie');
    expect(sent(fleet)).toHaveLength(1);
    fleet.settleAll();
    fleet.pass(times[0]! + 60_000 - fleet.nowMs - 1, 'w1');
    expect(sent(fleet)).toEqual([]);
    fleet.pass(1, 'w1');
    expect(sent(fleet)).toMatchObject([{ verb: 'restart', why: 'unhealthy found' }]);
  });

  test('what a rule of the machine is against is told once, and not tried again', () => {
    const refused = { ok: false, message: 'refused by security.allowed_commands', certificate: null };
    const asked = (result: CommandResult): number => {
      const fleet = one();
      fleet.find('w1/w1', 'unhealthy');
      fleet.tell('w1', { kind: 'command.done', id: sent(fleet)[0]!.id, result });
      expect(fleet.stories).toMatchObject([{ stage: 'failed', result: refused.message }]);
      fleet.pass(60_000, 'w1');
      return sent(fleet).length;
    };
    expect(asked({ ...refused, refusedBy: 'rule' })).toBe(0);
    expect(asked(refused)).toBe(1);
  });

  test('what was found of a run is over with it, and the next one is judged afresh', () => {
    const fleet = one();
    fleet.beat('w1', { healthy: false });
    expect(sent(fleet)).toHaveLength(1);
    const process = 'w1' as never;
    fleet.tell('w1', {
      kind: 'run.ended',
      process,
      run: RUN,
      exit: exitedWith(143),
      outputBytes: 0,
      certificate: null,
    });
    expect(fleet.model.findings.get('w1/w1')?.size).toBe(0);
    const next = '1700000000001abcdefghij22' as typeof RUN;
    fleet.change('w1', { ...running(8), run: next } as ProcessState);
    // A late sample of the run that is over.
    fleet.beat('w1', { healthy: false });
    expect(fleet.model.findings.get('w1/w1')?.size).toBe(0);
    fleet.beat('w1', { healthy: false, run: next });
    expect(fleet.model.findings.get('w1/w1')?.size).toBe(1);
    // The first restart was still under way: looked at again when it has ended.
    expect(sent(fleet)).toHaveLength(1);
    const result = { ok: true, message: 'running', certificate: null };
    fleet.tell('w1', { kind: 'command.done', id: sent(fleet)[0]!.id, result });
    expect(sent(fleet)).toHaveLength(0);
    fleet.pass(1000, 'w1');
    expect(sent(fleet)).toMatchObject([{ verb: 'restart', onlyRun: next }]);
  });

  test('with no attempts allowed nothing is ever restarted', () => {
    const fleet = one(withRecovery({ maxAttempts: 0 }));
    fleet.find('w1/w1', 'zombie');
    expect(fleet.stories).toMatchObject([{ stage: 'failed', decided: 'not restarted: the budget is spent' }]);
    expect(fleet.model.postponed.size).toBe(0);
  });

  test('what is disabled, stopped, waiting or over is left alone', () => {
    const disabled = { by: 'operator', reason: 'x', sinceMs: 0, untilMs: null };
    const fleets = [one(), one(), one(), one()];
    fleets[0]!.change('w1', running(), { disabled });
    fleets[1]!.change('w1', stopped());
    fleets[2]!.change('w1', waiting('w2/db'));
    fleets[3]!.change('w1', failed());
    for (const fleet of fleets) {
      fleet.find('w1/w1', 'zombie');
      expect(sent(fleet)).toEqual([]);
    }
  });

  test('warnings of probes are told and end by themselves; nothing is restarted for them', () => {
    const fleet = one();
    fleet.beat('w1', { warnings: ['no output for 30 s'] });
    expect(fleet.stories).toMatchObject([
      {
        kind: 'silence',
        stage: 'detected',
        found: 'no output for 30 s',
        decided: expect.stringContaining('warn') as string,
      },
    ]);
    fleet.beat('w1', { warnings: [] });
    expect(fleet.stories).toMatchObject([{ stage: 'completed' }]);
    expect(sent(fleet)).toEqual([]);
    // Nobody did anything: that is no recovery.
    expect(fleet.model.recoveryTotals).toEqual({ completed: 0, failed: 0 });
  });

  test('with recovery off nothing is restarted', () => {
    const fleet = one(withRecovery({ enabled: false }));
    fleet.find('w1/w1', 'zombie');
    expect(fleet.stories).toEqual([]);
  });
});

describe('a lost worker', () => {
  test('is left alone, and that is a story with its end', () => {
    const fleet = one();
    const lastMs = fleet.nowMs;
    fleet.pass(10_000);
    expect(fleet.stories).toMatchObject([
      {
        worker: 'w1',
        process: null,
        stage: 'detected',
        found: `worker w1 is lost: silent since ${moment(lastMs)}`,
        decided: 'left alone: 1 process may well run there, and unknown is not dead',
        did: 'nothing was killed or started',
      },
    ]);
    fleet.nowMs += 4000;
    fleet.ask({ kind: 'heard', worker: 'w1' as never });
    expect(fleet.stories).toMatchObject([
      { stage: 'completed', result: 'heard again after 4 s; what it runs was left as it was' },
    ]);
  });

  test('with nothing running there is nothing to tell', () => {
    const fleet = new TestFleet();
    fleet.join('w1', stopped());
    fleet.pass(10_000);
    expect(fleet.stories).toEqual([]);
  });

  const reassigning = withRecovery({ reassign: true });
  const idle = { labels: { 'accept-reassigned': 'w*' } };

  test('its process goes to an idle worker that allows it', () => {
    const fleet = one(reassigning);
    fleet.join('w2', stopped(), idle);
    fleet.pass(10_000, 'w2');
    expect(sent(fleet)).toMatchObject([{ kind: 'define', start: true, spec: { name: 'w1' } }]);
    expect(fleet.stories).toMatchObject([
      { process: 'w1', stage: 'reassigning', did: 'defined and started as w2/w1', attempt: 1 },
    ]);
    // The copy is the manager's, so it can be changed, removed and taken back as such.
    const { versions } = fleet.model.definitions.get(processKey(WorkerId.parse('w2'), ProcessName.parse('w1')))!;
    expect(versions).toMatchObject([
      { number: 1, spec: { name: 'w1' }, change: { kind: 'define', by: 'FailureHandler' } },
    ]);
  });

  test('nobody takes it without the label, and nobody takes what is disabled', () => {
    const alone = one(reassigning);
    alone.pass(10_000);
    expect(alone.stories).toMatchObject([
      { stage: 'failed', result: expect.stringContaining('no idle worker') as string },
    ]);
    const disabled = one(reassigning);
    disabled.join('w2', stopped(), idle);
    disabled.change('w1', running(), { disabled: { by: 'operator', reason: 'x', sinceMs: 0, untilMs: null } });
    disabled.pass(10_000, 'w2');
    expect(sent(disabled)).toEqual([]);
  });

  test('removed, its stories end', () => {
    const fleet = one();
    fleet.pass(10_000);
    fleet.ask({ kind: 'removeWorker', id: 'w1', by: ownAsker('operator'), why: 'unregistered' });
    expect(fleet.stories).toMatchObject([{ stage: 'failed', result: 'worker w1 was removed: unregistered' }]);
  });
});

test('stop_all_on_failure is one story, which ends when all are stopped', () => {
  const fleet = new TestFleet(withRecovery({ stopAllOnFailure: true }));
  for (const id of ['w1', 'w2', 'w3']) fleet.join(id, running());
  fleet.change('w1', failed());
  const story = () => fleet.stories.find(({ kind }) => kind === 'stop-all');
  expect(story()).toMatchObject({ stage: 'stopping', did: 'stop given to 2 processes' });
  const [first, second] = [...fleet.model.commands.values()];
  const result = { ok: true, message: 'stopped', certificate: null };
  fleet.tell('w2', { kind: 'command.done', id: first!.id, result });
  expect(story()).toMatchObject({ stage: 'stopping' });
  fleet.tell('w3', {
    kind: 'command.done',
    id: second!.id,
    result: { ...result, ok: false, message: 'not stopped: 1 left' },
  });
  expect(story()).toMatchObject({ stage: 'failed', result: 'not stopped: 1 left' });
});

test('stories are bounded, but none is forgotten that goes on or counts', () => {
  const fleet = one();
  fleet.find('w1/w1', 'zombie');
  fleet.settleAll();
  for (let i = 0; i < 700; i++) {
    fleet.change('w1', backoff());
    fleet.change('w1', running(i + 1));
  }
  expect(fleet.stories.length).toBe(500);
  expect(fleet.stories[0]).toMatchObject({ kind: 'zombie' });
});
