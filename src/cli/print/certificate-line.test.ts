import { runIdOf } from '../../../protocol/ids';
import type { StopCertificate } from '../../../protocol/process-state';
import { certificateLine } from './certificate-line';

const T = 1_700_000_000_000;
const certificate = (more: Partial<StopCertificate>): StopCertificate => ({
  run: runIdOf(T, 'abcdefghijkl'),
  requestedAtMs: T,
  finishedAtMs: T + 300,
  verifiedBy: 'cgroup',
  seen: [{ pid: 1, command: 'api', goneAtMs: T + 300 }],
  signals: [{ signal: 'SIGTERM', afterMs: 0, to: 'group' }],
  left: [],
  exit: { exitCode: null, signal: 'SIGTERM', atMs: T + 300, source: 'record', cause: null },
  ...more,
});
const gone = (...afterMs: number[]) => afterMs.map((ms, i) => ({ pid: i + 1, command: 'c', goneAtMs: T + ms }));

test('one process that heeds the first signal', () => {
  expect(certificateLine(certificate({}))).toBe('SIGTERM 0.0s, gone 0.3s  (verified: cgroup empty)');
});

test('a tree that needs the second', () => {
  const line = certificateLine(
    certificate({
      finishedAtMs: T + 10_100,
      seen: gone(1200, 1300, 900, 10_000, 10_090),
      signals: [
        { signal: 'SIGTERM', afterMs: 0, to: 'group' },
        { signal: 'SIGTERM', afterMs: 3, to: 'pid 5' },
        { signal: 'SIGKILL', afterMs: 10_000, to: 'cgroup' },
        { signal: 'SIGKILL', afterMs: 10_050, to: 'pid 5' },
      ],
      exit: { exitCode: 0, signal: null, atMs: T + 1200, source: 'record', cause: null },
    }),
  );
  expect(line).toBe(
    'SIGTERM 0.0s, leader exited 1.2s, 2 left, SIGKILL 10.0s, all 5 gone 10.1s  (verified: cgroup empty)',
  );
});

test('what is left is named and never called gone', () => {
  const line = certificateLine(
    certificate({
      verifiedBy: 'proc-scan',
      finishedAtMs: T + 12_000,
      seen: [...gone(100), { pid: 77, command: 'dd', goneAtMs: null }],
      signals: [
        { signal: 'SIGTERM', afterMs: 0, to: 'group' },
        { signal: 'SIGKILL', afterMs: 10_000, to: 'group' },
      ],
      left: [{ pid: 77, command: 'dd' }],
      exit: null,
    }),
  );
  expect(line).toBe('SIGTERM 0.0s, 1 left, SIGKILL 10.0s, 1 STILL THERE 12.0s: 77 dd');
});

test('a leader that the second signal ended is not said to have ended before it', () => {
  const line = certificateLine(
    certificate({
      finishedAtMs: T + 302,
      seen: gone(301, 301),
      signals: [
        { signal: 'SIGTERM', afterMs: 0, to: 'group' },
        { signal: 'SIGKILL', afterMs: 301, to: 'cgroup' },
      ],
      exit: { exitCode: null, signal: 'SIGKILL', atMs: T + 300, source: 'record', cause: null },
    }),
  );
  expect(line).toBe(
    'SIGTERM 0.0s, 2 left, SIGKILL 0.3s, leader exited 0.3s, all 2 gone 0.3s  (verified: cgroup empty)',
  );
});
