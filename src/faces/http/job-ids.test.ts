import { JobId } from '../../../protocol/jobs';
import { jobIds } from './job-ids';

test('ids rise, each once, also where the clock stands still or goes back', () => {
  let nowMs = Date.UTC(2026, 5, 1);
  const next = jobIds(() => nowMs);
  const ids: string[] = [];
  for (let at = 0; at < 5000; at++) {
    if (at % 1000 === 999) nowMs += at === 2999 ? -60_000 : 7;
    ids.push(JobId.parse(next()));
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test('more in one millisecond than there are numbers go on into the next', () => {
  const next = jobIds(() => Date.UTC(2027, 0, 1));
  let last = next();
  for (let at = 0; at < 1_200_000; at++) {
    const id = next();
    if (id <= last) throw new Error(`${id} after ${last}`);
    last = id;
  }
});
