/** The small answers of the page: addresses, ages, joins, commands, freshness, settings. */
import { certificateLine } from './certificate';
import { buttonsFor, effectOf, endsRunning, needsConfirmation, targetsOf } from './commands';
import { formatBytes, formatCpu, formatSpan } from './durations';
import { freshnessOf, shownNowMs, SILENCE_MS } from './freshness';
import { isWorkerId, joinCommand } from './join-command';
import { answered, NO_REQUESTS, requested } from './requests';
import { HOME, isAnotherPlace, parseRoute, routeSearch } from './route';
import { endingOf } from './run-ending';
import { aProcess, anEvent, aWorker } from './samples.test-data';
import { coverage, notRunning, toggledAll } from './selection';
import { desiredDiffers } from './severity';
import { DEFAULT_SETTINGS, languageOf, parseSettings } from './settings';
import { createStore } from './store';
import { sparkPaths } from './spark-path';
import { createRing, pushSample, samplesOf } from './usage-ring';
import { en } from '../words/en';
import type { RunId } from '../../../protocol/ids';
import type { ProcessView } from '../../../protocol/views';

describe('the address bar', () => {
  it('holds everything that differs from the home page, and gives it back', () => {
    const route = {
      ...HOME,
      q: 'state:failed gpu',
      process: 'w-1/train',
      tab: 'details',
      grouped: false,
      sort: { column: 'cpu', descending: true },
    } as const;
    expect(routeSearch(route)).toBe('?q=state:failed+gpu&sort=cpu&desc=1&flat=1&p=w-1/train&tab=details');
    expect(parseRoute(routeSearch(route))).toEqual(route);
    expect(routeSearch(HOME)).toBe('');
  });
  it('holds what of the audit is shown', () => {
    const audit = { type: 'auth.logout', actor: 'ada', target: 'w1/*', since: '7d' };
    const route = { ...HOME, view: 'audit', audit } as const;
    expect(routeSearch(route)).toBe('?view=audit&type=auth.logout&who=ada&on=w1/*&since=7d');
    expect(parseRoute(routeSearch(route))).toEqual(route);
  });
  it('ignores what it does not know, and knows a step from a look', () => {
    expect(parseRoute('?view=nowhere&sort=x&tab=y&level=z')).toEqual(HOME);
    expect(isAnotherPlace(HOME, { ...HOME, process: 'w/a' })).toBe(true);
    expect(isAnotherPlace(HOME, { ...HOME, q: 'x' })).toBe(false);
  });
});

describe('figures', () => {
  it('are short', () => {
    expect([500, 12_000, 200_000, 10_920_000, 273_600_000, -5].map((ms) => formatSpan(ms, en.units))).toEqual([
      '0s',
      '12s',
      '3m 20s',
      '3h 02m',
      '3d 4h',
      '0s',
    ]);
    expect([0, 999, 1024, 1536, 11.5 * 1024 ** 2, 356 * 1024 ** 2, 3 * 1024 ** 4].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 KB',
      '1.50 KB',
      '11.5 MB',
      '356 MB',
      '3.00 TB',
    ]);
    expect([0, 0.004, 0.5, 1.324].map(formatCpu)).toEqual(['0%', '0.4%', '50%', '132%']);
  });
});

describe('freshness', () => {
  const heard = { link: { kind: 'open' }, heardAtMs: 1_000, skewMs: 500 } as const;
  it('believes a connection only while it ticks', () => {
    expect(freshnessOf(heard, 1_000 + SILENCE_MS, true).kind).toBe('live');
    expect(freshnessOf(heard, 1_001 + SILENCE_MS, true)).toEqual({ kind: 'stale', because: 'silent', asOfMs: 1_000 });
    expect(freshnessOf(heard, 1_001 + SILENCE_MS, false).kind).toBe('live');
  });
  it('stops the clocks when the connection is down', () => {
    const down = { ...heard, link: { kind: 'down', sinceMs: 2_000 } } as const;
    const freshness = freshnessOf(down, 9_000, true);
    expect(freshness).toEqual({ kind: 'stale', because: 'disconnected', asOfMs: 1_000 });
    expect(shownNowMs(down, freshness, 9_000)).toBe(1_500);
    expect(shownNowMs(heard, { kind: 'live' }, 9_000)).toBe(9_500);
  });
});

describe('commands', () => {
  const workers = new Map([
    ['w', aWorker('w')],
    ['lost', aWorker('lost', { state: 'offline' })],
  ]);
  it('say what they would do to each process', () => {
    const stopped = aProcess('w/s', { state: 'stopped', pid: null });
    const waiting = aProcess('w/b', { state: 'backoff', pid: null });
    expect(effectOf('stop', aProcess('w/a'), workers.get('w'))).toBe('ends');
    expect(effectOf('restart', aProcess('w/a'), workers.get('w'))).toBe('replaces');
    expect(effectOf('restart', stopped, workers.get('w'))).toBe('starts');
    expect(effectOf('stop', waiting, workers.get('w'))).toBe('calls-off');
    expect(effectOf('start', aProcess('w/a'), workers.get('w'))).toBe('nothing');
    expect(effectOf('kill', aProcess('lost/a'), workers.get('lost'))).toBe('queued');
    const targets = targetsOf('kill', [aProcess('w/a'), stopped], workers);
    expect(endsRunning(targets)).toBe(1);
  });
  it('ask before anything can be lost, and not before one start', () => {
    const one = targetsOf('start', [aProcess('w/s', { state: 'stopped' })], workers);
    expect(needsConfirmation('start', one)).toBe(false);
    expect(needsConfirmation('start', [...one, ...one])).toBe(true);
    expect(needsConfirmation('stop', one)).toBe(true);
  });
  it('keep each button at its place', () => {
    const verbs = (state: 'running' | 'stopped' | 'stopping') =>
      buttonsFor(aProcess('w/a', { state })).map(({ verb, enabled }) => `${verb}${enabled ? '' : '-'}`);
    expect(verbs('running')).toEqual(['stop', 'restart', 'kill']);
    expect(verbs('stopping')).toEqual(['stop-', 'restart', 'kill']);
    expect(verbs('stopped')).toEqual(['start', 'restart-', 'kill-']);
  });
  it('are requested until the same request is answered', () => {
    const first = requested(NO_REQUESTS, ['w/a', 'w/b'], 'stop', 1);
    const second = requested(first, ['w/b'], 'start', 2);
    expect([...answered(second, ['w/a', 'w/b'], 1).keys()]).toEqual(['w/b']);
  });
});

it('says what is owed only where what is differs from what is wanted', () => {
  const differs = (change: Partial<ProcessView>) => desiredDiffers(aProcess('w/a', change));
  expect(differs({ state: 'running' })).toBe(false);
  expect(differs({ state: 'failed', exit_code: 1 })).toBe(true);
  expect(differs({ state: 'exited', exit_code: 0 })).toBe(false);
  // A client of the original's says so of any end.
  expect(differs({ state: 'exited', exit_code: 1 })).toBe(true);
  expect(differs({ state: 'running', desired: 'stopped' })).toBe(true);
});

it('selects all, none and what does not run', () => {
  const keys = ['w/a', 'w/b'];
  const all = toggledAll(new Set(), keys);
  expect(coverage(all, keys)).toBe('all');
  expect(coverage(toggledAll(all, ['w/a']), keys)).toBe('some');
  expect(toggledAll(all, keys).size).toBe(0);
  expect([...notRunning([aProcess('w/a'), aProcess('w/b', { state: 'failed' })])]).toEqual(['w/b']);
});

it('builds a join command that a shell reads as meant', () => {
  const managerUrl = 'http://10.0.0.1:5000';
  expect(joinCommand({ workerId: 'gpu-1', managerUrl, command: 'python train.py' })).toBe(
    './start_worker.sh --worker-id gpu-1 --manager-url http://10.0.0.1:5000 --command "python train.py"',
  );
  expect(joinCommand({ workerId: 'a', managerUrl, command: `echo "$HOME" it's` })).toContain(
    `--command 'echo "$HOME" it'\\''s'`,
  );
  expect(joinCommand({ workerId: 'a', managerUrl, command: ' ' })).not.toContain('--command');
  expect(['gpu-1', '_x', 'n1.lab:2'].every(isWorkerId)).toBe(true);
  expect(['', '-a', 'a b', 'é'].some(isWorkerId)).toBe(false);
});

it('reads a certificate aloud', () => {
  const certificate = {
    run: '1700000000000aaaaaaaaaaaa' as RunId,
    requestedAtMs: 1_000,
    finishedAtMs: 2_300,
    verifiedBy: 'cgroup' as const,
    seen: [
      { pid: 1, command: 'a', goneAtMs: 2_200 },
      { pid: 2, command: 'b', goneAtMs: 1_500 },
      { pid: 3, command: 'c', goneAtMs: 1_400 },
    ],
    signals: [
      { signal: 'SIGTERM', afterMs: 4, to: 'group 1' },
      { signal: 'SIGTERM', afterMs: 6, to: 'pid 2' },
    ],
    left: [],
    exit: null,
  };
  expect(certificateLine(certificate, en.certificate)).toBe(
    'SIGTERM 0.0 s, 3 seen, all gone 1.2 s, verified by cgroup',
  );
  const left = { ...certificate, left: [{ pid: 3, command: 'c' }] };
  expect(certificateLine(left, en.certificate)).toContain('1 process left');
});

it('knows how a run ended from its event, or from the row when it was the last one', () => {
  const run = '1700000000000aaaaaaaaaaaa';
  const over = aProcess('w/a', { pid: null, run_id: run, exit_code: 7 });
  const event = (message: string) => anEvent(1, { kind: 'run.ended', run_id: run, message });
  expect(endingOf(run, over, [])).toEqual({ kind: 'code', code: 7 });
  expect(endingOf(run, over, [event('killed by SIGKILL')])).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  expect(endingOf(run, over, [event('exit unknown (lost)')])).toEqual({
    kind: 'said',
    sentence: 'exit unknown (lost)',
  });
  expect(endingOf(run, aProcess('w/a', { run_id: run }), [])).toBeNull();
  expect(endingOf('another', over, [])).toBeNull();
});

it('remembers settings, and survives what it cannot read', () => {
  expect(parseSettings('{"theme":"dark","language":"zh","wrap":true}')).toEqual({
    ...DEFAULT_SETTINGS,
    theme: 'dark',
    language: 'zh',
    wrap: true,
  });
  expect(parseSettings('{"theme":7')).toEqual(DEFAULT_SETTINGS);
  expect(parseSettings('{"theme":"neon","wrap":"yes"}')).toEqual(DEFAULT_SETTINGS);
  expect(languageOf(DEFAULT_SETTINGS, ['fr', 'zh-TW', 'en'])).toBe('zh');
  expect(languageOf(DEFAULT_SETTINGS, ['de'])).toBe('en');
  expect(languageOf({ ...DEFAULT_SETTINGS, language: 'en' }, ['zh'])).toBe('en');
});

it('tells listeners once per flush, however often the state changed', () => {
  const flushes: (() => void)[] = [];
  const store = createStore(0, (flush) => flushes.push(flush));
  let heard = 0;
  store.subscribe(() => heard++);
  for (let i = 0; i < 100; i++) store.set((n) => n + 1);
  expect([flushes.length, heard]).toEqual([1, 0]);
  flushes[0]?.();
  expect([store.get(), heard]).toEqual([100, 1]);
});

it('keeps the newest samples, and does not draw over a silence', () => {
  const ring = createRing(3);
  for (const second of [1, 2, 3, 20]) pushSample(ring, second * 1000, second, 0);
  expect(samplesOf(ring, 'cpu').map((sample) => sample.value)).toEqual([2, 3, 20]);
  const box = { width: 100, height: 20, untilMs: 20_000, spanMs: 20_000, top: 1 };
  const { line } = sparkPaths(samplesOf(ring, 'cpu'), box);
  expect(line.match(/M/g)).toHaveLength(2);
});
