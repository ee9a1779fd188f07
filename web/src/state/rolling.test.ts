import { aProcess } from './samples.test-data';
import { rolled, runsBefore } from './rolling';

const before = runsBefore([aProcess('w/a', { run_id: 'r1' })]);
const step = (change: Parameters<typeof aProcess>[1]) => rolled('w/a', before, aProcess('w/a', change), undefined).step;

it('tells from the row how far a process is, until it is answered', () => {
  expect(step({ run_id: 'r1' })).toBe('later');
  expect(step({ run_id: 'r1', state: 'stopping' })).toBe('now');
  expect(step({ run_id: 'r2', ready: false })).toBe('now');
  expect(step({ run_id: 'r2', ready: true })).toBe('up');
});

it('takes the answer for the truth', () => {
  const answered = (ok: boolean, message: string) =>
    rolled('w/a', before, undefined, { key: 'w/a', worker_id: 'w', process: 'a', ok, message, note: null, certificate: null }); // prettier-ignore
  expect(answered(true, 'restarted')).toMatchObject({ step: 'up' });
  expect(answered(false, 'exit code 3')).toMatchObject({ step: 'failed', message: 'exit code 3' });
  expect(answered(false, 'not touched: w/b failed before it')).toMatchObject({ step: 'untouched' });
});
