/** How long a job ran, where its start or its end was heard long after it, and by clocks that differ. */
import { runBornAtMs, type RunId } from '../../../protocol/ids';
import type { LauncherFact } from '../../../protocol/link';
import { exitedWith, RUN } from '../test-fleet';
import { attemptView, jobRow } from './view';
import { measuresOf } from './measures';
import { TestPool } from './test-pool';

function pool() {
  const made = new TestPool();
  made.worker('w1');
  return { made, id: made.submit() };
}

/** Its launcher says by its own clock how long it ran; null = nobody saw its end. */
function ended(made: TestPool, job: string, ranMs: number | null, run: RunId = RUN) {
  const exit = { ...exitedWith(0), atMs: runBornAtMs(run) + (ranMs ?? 0) };
  const fact: LauncherFact = {
    kind: 'attempt.ended',
    attempt: made.attempt(job).id,
    run,
    outcome: 'completed',
    why: 'exit code 0',
    exit: ranMs === null ? { ...exit, source: 'unknown' } : exit,
    certificate: null,
    outputBytes: 0,
  };
  return made.tell('w1', fact).turn;
}

function shown(made: TestPool, job: string) {
  const { started_at_ms: startedAtMs, ended_at_ms: endedAtMs } = jobRow(made.model, made.job(job));
  const view = attemptView(made.model, made.attempt(job), { logBytes: 0, total: null });
  expect([view.started_at_ms, view.ended_at_ms]).toEqual([startedAtMs, endedAtMs]);
  return { startedAtMs, endedAtMs };
}

test('its end is heard late: it ended when it had run for as long as its launcher says', () => {
  const { made, id } = pool();
  made.begin(id);
  const startedAtMs = made.nowMs;
  made.nowMs += 23_000;
  const { facts } = ended(made, id, 3_000);
  expect(shown(made, id)).toEqual({ startedAtMs, endedAtMs: startedAtMs + 3_000 });
  expect(measuresOf(made.model, facts).runsMs).toEqual([3_000]);
  // When it was heard is what the rest goes by: what is over is remembered from then on.
  expect(made.job(id).sinceMs).toBe(made.nowMs);
});

test('its start is heard late too: no earlier than it was given', () => {
  const [one, two] = [pool(), pool()];
  const givenAtMs = one.made.nowMs;
  for (const { made, id } of [one, two]) {
    made.nowMs += 20_000;
    made.begin(id);
  }
  ended(one.made, one.id, 3_000);
  expect(shown(one.made, one.id)).toEqual({ startedAtMs: givenAtMs + 17_000, endedAtMs: givenAtMs + 20_000 });
  ended(two.made, two.id, 86_400_000);
  expect(shown(two.made, two.id)).toEqual({ startedAtMs: givenAtMs, endedAtMs: givenAtMs + 20_000 });
});

test.each([
  [
    'the launcher’s clock is a day behind',
    RUN.replace(/^\d{13}/, String(1_700_000_000_000 - 86_400_000)),
    3_000,
    3_000,
  ],
  ['the launcher’s clock was set back under it', RUN, -5_000, 23_000],
  ['nobody saw its end', RUN, null, 23_000],
])('%s', (_, run, ranMs, expected) => {
  const { made, id } = pool();
  made.begin(id);
  const startedAtMs = made.nowMs;
  made.nowMs += 23_000;
  ended(made, id, ranMs, run as RunId);
  expect(shown(made, id)).toEqual({ startedAtMs, endedAtMs: startedAtMs + expected });
});

test('a device is given on by when the end was heard', () => {
  const made = new TestPool();
  made.worker('w1');
  made.devices('w1', 0);
  const id = made.submit({ needs: { gpus: { count: 1 } } });
  made.begin(id);
  made.nowMs += 23_000;
  ended(made, id, 3_000);
  expect(made.model.jobs.gpuGivenBackAtMs.get('w1/0')).toBe(made.nowMs);
});
