import type { Exit } from '../../protocol/exit';
import { causeOf, type MemoryKillWitness } from './exit-cause';

const killed = (signal: string | null, exitCode: number | null = null): Exit => ({
  exitCode,
  signal,
  atMs: 0,
  source: 'record',
  cause: null,
});
const cgroup = (kills: number): MemoryKillWitness => ({ by: 'cgroup', kills, limitBytes: 64 * 2 ** 20 });
const machine = (kills: number, newestWithinMs: number | null): MemoryKillWitness => ({
  by: 'machine',
  kills,
  newestWithinMs,
});
const NOBODY: MemoryKillWitness = { by: 'nobody' };
const LINE = 'Out of memory: Killed process 7 (x)';

test.each<[string, Exit, MemoryKillWitness, string | null]>([
  ['its own code', killed(null, 7), NOBODY, 'own: it exited with code 7'],
  ['a fault of its own', killed('SIGSEGV'), cgroup(0), "own: SIGSEGV is a fault of the program's own"],
  ['a limit', killed('SIGKILL'), cgroup(1), 'oom: memory limit 64M, 1 memory kill counted in its cgroup'],
  [
    'a descendant was ended for memory',
    killed(null, 1),
    cgroup(2),
    'oom: memory limit 64M, 2 memory kills counted in its cgroup; then it exited with code 1',
  ],
  ['a clean end', killed(null, 0), cgroup(2), 'own: it exited with code 0, after 2 memory kills counted in its cgroup'],
  ['the log names it', killed('SIGKILL'), { by: 'kernel-log', line: LINE }, `oom: the kernel's log: ${LINE}`],
  [
    'the log does not',
    killed('SIGKILL'),
    { by: 'kernel-log', line: null },
    'stranger: no stop was asked and the kernel counted no memory kill of it',
  ],
  [
    'no kill anywhere',
    killed('SIGKILL'),
    machine(0, null),
    'stranger: no stop was asked and the kernel counted no memory kill of it',
  ],
  [
    'a kill just now',
    killed('SIGKILL'),
    machine(1, 4_200),
    "oom: a memory kill on this machine in the 5 s before, most likely this one; the kernel's log cannot be read",
  ],
  ['a kill long ago, or now: nobody can say', killed('SIGKILL'), machine(1, 3_600_000), null],
  ['nobody counts', killed('SIGKILL'), NOBODY, null],
  [
    'a polite signal',
    killed('SIGTERM'),
    NOBODY,
    'stranger: no stop was asked, and SIGTERM is not what the kernel sends for lack of memory',
  ],
  ['the shim was killed', { ...killed(null), source: 'unknown' }, cgroup(1), null],
])('%s', (_, exit, witness, expected) => {
  const cause = causeOf(exit, false, witness);
  expect(cause === null ? null : `${cause.kind}: ${cause.evidence}`).toBe(expected);
});

test('under a stop of ours, whatever the kernel counted', () =>
  expect(causeOf(killed('SIGKILL'), true, cgroup(1))?.kind).toBe('asked'));
