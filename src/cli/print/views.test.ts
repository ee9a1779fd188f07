import { runIdOf } from '../../../protocol/ids';
import { MachineUsage } from '../../../protocol/link';
import type { EventView, Explanation, ProcessView, RecoveryView, WorkerView } from '../../../protocol/views';
import { localTime } from './amounts';
import { eventLine } from './event-line';
import { explanationText } from './explanation-text';
import { NODE_COLUMNS, nodeRows } from './node-table';
import { plain } from './paint';
import { incidentLines, storyLines } from './recovery-text';
import { processColumns, processRows } from './process-table';
import { nextAction, statusText } from './status-text';
import { renderTable } from './table';

const NOW = 1_700_000_000_000;
const process = (key: string, more: Partial<ProcessView> = {}): ProcessView => {
  const [worker_id = '', name = ''] = key.split('/');
  return {
    key,
    worker_id,
    process: name,
    id: name,
    state: 'running',
    desired: 'running',
    why: 'started',
    since_ms: NOW - 60_000,
    pid: 4711,
    run_id: runIdOf(NOW, 'abcdefghijkl'),
    started_at_ms: NOW - 10_920_000,
    restart_count: 1,
    restarts_counted: 0,
    max_restarts: 10,
    restart_at_ms: null,
    exit_code: null,
    signal: null,
    command: 'python train.py',
    working_dir: null,
    process_type: 'default',
    cpu: 7.9,
    rss_bytes: 227_633_266_688,
    pss_bytes: null,
    read_bytes_per_second: null,
    write_bytes_per_second: null,
    open_files: null,
    gpus: [],
    ready: true,
    waiting_for: [],
    disabled: null,
    unenforced: [],
    version: null,
    set: null,
    depends_on: {},
    healthy: null,
    findings: [],
    notes: [],
    log_bytes: 1024,
    last_run: null,
    certificate: null,
    ...more,
  };
};
const worker = (worker_id: string, more: Partial<WorkerView> = {}): WorkerView => ({
  worker_id,
  type: 'remote',
  state: 'busy',
  why: '1 running',
  hostname: `${worker_id}.lab`,
  labels: {},
  version: '0.1.0',
  registered_at_ms: NOW,
  last_contact_ms: NOW - 1000,
  machine: null,
  slots: 0,
  slots_held: 0,
  jobs: [],
  gpus: [],
  findings: [],
  ...more,
});
const idle = { cpu: null, rss_bytes: null, pid: null, started_at_ms: null };

test('ls: problems first, grouped by worker, with the reason', () => {
  const processes = [
    process('n1/ddp'),
    process('n2/b', { ...idle, state: 'stopped', why: 'stopped by operator 127.0.0.1', restart_count: 0 }),
    process('n2/ok'),
    process('n2/api-2', {
      ...idle,
      state: 'backoff',
      why: 'exit code 137; restart 6 of 10 in 20 s',
      restart_at_ms: NOW + 14_500,
      restarts_counted: 6,
    }),
    process('n10/etl', { state: 'unknown', why: 'worker n10 is lost', cpu: null, rss_bytes: null }),
  ];
  const workers = new Map(
    [worker('n1'), worker('n2'), worker('n10', { state: 'offline', last_contact_ms: NOW - 41_000 })].map((w) => [
      w.worker_id,
      w,
    ]),
  );
  expect(renderTable(processColumns(processes), processRows(processes, workers, NOW), null, plain)).toEqual([
    'NODE  NAME   STATE             UP   RST   CPU   MEM  WHY',
    'n10   etl    unknown (41s)  3h02m     1     -     -  worker n10 is lost',
    'n2    api-2  backoff 14s        -  6/10     -     -  exit code 137; restart 6 of 10 in 20 s',
    'n2    ok     running        3h02m     1  790%  212G  -',
    'n2    b      stopped            -     0     -     -  stopped by operator 127.0.0.1',
    'n1    ddp    running        3h02m     1  790%  212G  -',
  ]);
});

test('ls: a running process in trouble is a problem, and a silent node is said', () => {
  const rows = processRows(
    [process('n1/a'), process('n1/hot', { findings: ['cpu over 90 % for 60 s'] })],
    new Map([['n1', worker('n1', { state: 'stale', last_contact_ms: NOW - 9000 })]]),
    NOW,
  );
  expect(rows.map((row) => [row[1], row.at(-1)])).toEqual([
    ['hot', 'node not heard from for 9s; cpu over 90 % for 60 s'],
    ['a', 'node not heard from for 9s'],
  ]);
});

test('ls: what is up and not ready, what is disabled, and what is not enforced', () => {
  const disabled = { by: 'operator', reason: 'disk', sinceMs: 0, untilMs: null };
  const views = [
    process('n1/web', { ready: false, version: 3, set: 'shop' }),
    process('n1/old', { state: 'stopped', disabled }),
    process('n1/free', { unenforced: ['limits.cpu: no cgroup can be made here'] }),
  ];
  const text = renderTable(processColumns(views), processRows(views, new Map(), NOW), null, plain).join('\n');
  expect(text).toMatch(/^NODE +NAME +SET +STATE/);
  expect(text).toMatch(/web +shop v3 +running, not ready/);
  expect(text).toMatch(/old +- +stopped, disabled/);
  expect(text).toMatch(/free .*without limits.cpu: no cgroup can be made here/);
});

test('status: state, why, last lines, next', () => {
  const view = process('n1/api', {
    ...idle,
    state: 'failed',
    why: 'exit code 7; the policy is never to restart',
    exit_code: 7,
  });
  const explanation: Explanation = {
    target: 'n1/api',
    state: 'failed',
    since_ms: NOW - 60_000,
    cause: 'it ended by itself: exit code 7',
    cause_kind: 'exit',
    by: 'the program',
    evidence: [
      { at_ms: null, what: 'not enforced: limits.cpu' },
      { at_ms: NOW, what: 'its last run ended: exit code 7' },
    ],
    behind: [{ target: 'n2/db', state: 'stopped', cause: 'it was never started' }],
    next: { what: 'restart 2 of 10', at_ms: NOW + 5000 },
    advice: ['procguard logs n1/api', 'procguard start n1/api'],
  };
  const lastLines = ['Traceback', '  \x1b[31mboom', 'x'.repeat(4_000_000)];
  const text = statusText(view, worker('n1'), { explanation, lastLines, nowMs: NOW, paint: plain });
  expect(text[0]).toBe('n1/api  failed for 1m');
  expect(text[1]).toBe('  why       it ended by itself: exit code 7');
  expect(text.slice(2, 7)).toEqual([
    '  by        the program',
    '  known by                       not enforced: limits.cpu',
    `            ${localTime(NOW)}  its last run ended: exit code 7`,
    '  behind it n2/db  stopped: it was never started',
    `  then      in 5s (${localTime(NOW + 5000)}): restart 2 of 10`,
  ]);
  expect(explanationText(explanation, NOW, plain).slice(-2)).toEqual([
    '  you can   procguard logs n1/api',
    '            procguard start n1/api',
  ]);
  expect(text).toContain('  last exit exit code 7');
  expect(text).toContain('  │   \ufffd[31mboom');
  expect(text).toContain(`  │ ${'x'.repeat(499)}…`);
  expect(text.at(-1)).toBe('  next      procguard logs api says why; then procguard start api');
});

test('every state has a next action', () => {
  for (const state of [
    'stopped',
    'waiting',
    'starting',
    'running',
    'stopping',
    'backoff',
    'exited',
    'failed',
    'unknown',
  ] as const)
    expect(nextAction(process('n1/api', { state }), NOW)).not.toBe('');
});

test('nodes: trouble first, running of all', () => {
  const machine = MachineUsage.parse({
    cpus: 8,
    cpu: 0.5,
    memoryTotalBytes: 64 * 2 ** 30,
    memoryAvailableBytes: 48 * 2 ** 30,
    load1: 1,
  });
  const rows = nodeRows(
    [worker('n1', { machine, labels: { zone: 'a' } }), worker('n2', { state: 'stale', why: 'silent' })],
    [process('n1/a'), process('n1/b', { state: 'stopped' })],
    NOW,
  );
  expect(renderTable(NODE_COLUMNS, rows, null, plain)).toEqual([
    'NODE  STATE  HEARD  PROCESSES  CPU      MEM  HOST    VERSION  LABELS  WHY',
    'n2    stale     1s        0/0    -        -  n2.lab  0.1.0    -       silent',
    'n1    busy      1s        1/2  50%  16G/64G  n1.lab  0.1.0    zone=a  1 running',
  ]);
});

test('an event is one line', () => {
  const event: EventView = {
    seq: 1,
    at_ms: new Date(2026, 0, 31, 12, 0, 3).getTime(),
    kind: 'process.backoff',
    level: 'warning',
    worker_id: 'n1',
    process: 'api',
    run_id: null,
    by: 'launcher',
    message: 'exit code 1;\nrestart 1 of 10 in 1 s',
  };
  expect(eventLine(event, plain)).toBe(
    '2026-01-31 12:00:03  warning  process.backoff       n1/api            exit code 1; restart 1 of 10 in 1 s  (launcher)',
  );
});

test('a story is its four sentences, and an incident says when it is let go', () => {
  const story: RecoveryView = {
    id: 'r1',
    worker_id: 'n1',
    process: 'api',
    kind: 'unhealthy',
    stage: 'restarting',
    found: 'unhealthy: 503',
    decided: 'restarted: attempt 1 of 3',
    did: 'restart sent',
    result: null,
    began_at_ms: NOW - 2000,
    ended_at_ms: null,
    attempt: 1,
    attempts_max: 3,
    incident: 'i7',
  };
  expect(storyLines(story, NOW, plain)).toEqual([
    `${localTime(NOW - 2000)}  n1/api  unhealthy  restarting 2s so far, attempt 1 of 3, part of incident i7`,
    '  found    unhealthy: 503',
    '  decided  restarted: attempt 1 of 3',
    '  did      restart sent',
    '  result   not yet',
  ]);
  const incident = {
    id: 'i7',
    began_at_ms: NOW,
    ended_at_ms: null,
    why: '7 of 9 running processes failed within 30 s',
    subjects: Array.from({ length: 12 }, (_, i) => `n${i}/a`),
    release_at_ms: NOW + 60_000,
  };
  const lines = incidentLines(incident, NOW, plain);
  expect(lines[2]).toMatch(/n9\/a and 2 more$/);
  expect(lines[3]).toBe('  then     FailureHandler holds back; it lets go in 1m if nothing more fails');
});
