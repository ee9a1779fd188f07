import { whatBreaks } from './history';
import { failureInWords, simulate } from './simulate';
import type { Step } from './steps';

const SECONDS = 4;
/** However slow this machine is just now. */
const HISTORIES_MIN = 200;

test('random histories of managers, launchers, networks and processes break no promise', () => {
  const first = Number(process.env['PROCGUARD_SEED'] ?? 1);
  const endsAt = performance.now() + SECONDS * 1000;
  const { histories, failure } = simulate(first, (done) => done >= HISTORIES_MIN && performance.now() > endsAt);
  if (failure !== null) throw new Error(failureInWords(failure));
  expect(histories).toBeGreaterThanOrEqual(HISTORIES_MIN);
});

test('a history that does nothing comes to rest', () => {
  expect(whatBreaks([])).toBeNull();
});

const W1P1 = { worker: 0, process: 0 };
test('an order goes all the way: the process is born, stopped, and its end is recorded', () => {
  const steps: Step[] = [
    ...Array.from({ length: 4 }, (): Step[] => [
      { kind: 'up', worker: 0 },
      { kind: 'down', worker: 0 },
    ]).flat(),
    { kind: 'order', verb: 'start', ...W1P1 },
    { kind: 'down', worker: 0 },
    { kind: 'birth', others: 2, ...W1P1 },
    { kind: 'order', verb: 'stop', ...W1P1 },
    { kind: 'down', worker: 0 },
    { kind: 'kill-launcher', worker: 0, at: null },
    { kind: 'start-launcher', worker: 0 },
    { kind: 'heed', ...W1P1 },
  ];
  expect(whatBreaks(steps)).toBeNull();
});
