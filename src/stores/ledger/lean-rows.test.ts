import { JobSpec, type JobId } from '../../../protocol/jobs';
import type { Attempt, Job } from '../../core/jobs/rows';
import { plainAttempt, plainJob } from '../../core/jobs/test-rows';
import { leanRow, wholeRow } from './lean-rows';

const JOB = plainJob('j_1');
const ATTEMPT = plainAttempt('j_1');
const again = (table: string, row: object): object =>
  wholeRow(table, JSON.parse(JSON.stringify(leanRow(table, row))) as object);

test('what is usual is not written', () => {
  expect(leanRow('jobs', JOB)).toEqual({
    id: 'j_1',
    spec: { command: ['true'] },
    sinceMs: 5,
    submittedAtMs: 5,
    order: 1,
    owner: 'alice',
  });
  const { id, job, epoch, worker, round, state, assignedAtMs, leaseMs } = ATTEMPT;
  expect(leanRow('attempts', ATTEMPT)).toEqual({ id, job, epoch, worker, round, state, assignedAtMs, leaseMs });
  const worked = { id: 'w', stop: null };
  expect(leanRow('workers', worked)).toBe(worked);
});

test('rows come back as they were, also those in which nothing is usual', () => {
  const unusual: Job = {
    ...JOB,
    spec: JobSpec.parse({
      name: 'n',
      command: 'true',
      workingDir: '/w',
      env: { A: '1' },
      secrets: ['A'],
      user: 'u',
      group: 'g',
      limits: { memoryBytes: 2 ** 30 },
      workDir: 'private',
      needs: { gpus: { count: 1 }, labels: { a: 'b' } },
      priority: 1,
      preemptible: false,
      retry: { max: 1, notOn: [2] },
      timeouts: { runMs: 1 },
      after: ['j_0'],
      afterMode: 'any_terminal',
      notBeforeMs: 3,
      labels: { team: 'x' },
      queue: 'q',
      trustMs: 5000,
      progress: 'p',
      array: { id: 'a', index: 1, atOnce: null },
    }),
    state: { kind: 'failed', why: 'w' },
    via: 'remotegpu',
    key: 'k',
    retries: 1,
    retriedAtMs: 8,
    met: ['j_0' as JobId],
    lastAttempt: ATTEMPT.id,
    exitCode: 0,
    progress: { percent: 1, message: null },
    meta: { a: 'b' },
  };
  for (const job of [JOB, unusual]) expect(again('jobs', job)).toEqual(job);
  const ended: Attempt = {
    ...ATTEMPT,
    node: 1,
    state: { kind: 'ended', outcome: 'failed', why: 'w', atMs: 9 },
    gpus: [{ index: 0, memoryBytes: null }],
    cpus: 1,
    memoryBytes: 1,
    startedAtMs: 7,
    outputBytes: 0,
    isolation: ['x'],
    output: { stdout: '', stderr: '' },
  };
  for (const attempt of [ATTEMPT, ended]) expect(again('attempts', attempt)).toEqual(attempt);
});

test('rows of before, with all their fields, read the same', () => {
  expect(wholeRow('jobs', JSON.parse(JSON.stringify(JOB)) as object)).toEqual(JOB);
  expect(wholeRow('attempts', JSON.parse(JSON.stringify(ATTEMPT)) as object)).toEqual(ATTEMPT);
});

test('what was left out means what it meant when it was written, whatever the defaults become', () => {
  expect(wholeRow('jobs', { id: 'j_1', spec: { command: 'true' } })).toMatchObject({
    state: { kind: 'queued' },
    spec: {
      priority: 5,
      retry: { max: 0, delayMs: 60_000, factor: 1, notOn: [] },
      timeouts: { queueMs: null, runMs: null, silenceMs: null, graceMs: 30_000 },
      trustMs: 1_800_000,
      afterMode: 'completed',
      preemptible: true,
    },
  });
});
