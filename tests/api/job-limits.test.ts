/** Limits of the configuration: in force from the start, shown as such, and changed there alone. */
import { managerHere, type ManagerHere } from './manager-here';

const NAMED = { 'queue:night': 0, 'user:*': 4 };
let manager: ManagerHere;
afterEach(() => manager.stop());

const begin = async (limits: object, dataDir?: string): Promise<void> => {
  const env = { PROCGUARD_JOBS_LIMITS: JSON.stringify(limits) };
  manager = await managerHere({ env, ...(dataDir === undefined ? {} : { dataDir }) });
};
const set = async (scope: string, max: number | null): Promise<unknown> =>
  (await fetch(`${manager.url}/api/jobs/limits`, { method: 'PUT', body: JSON.stringify({ scope, max }) })).json();
const limits = async (): Promise<unknown> => (await manager.get('/api/jobs/limits')).body.limits;

test('they are there beside those that people set, and cannot be changed or taken away by them', async () => {
  await begin(NAMED);
  const fixed = [
    { scope: 'queue:night', max: 0, active: 0, from: 'configuration' },
    { scope: 'user:*', max: 4, active: null, from: 'configuration' },
  ];
  expect(await limits()).toEqual(fixed);
  for (const max of [7, null])
    expect(await set('queue:night', max)).toMatchObject({
      code: 'defined_elsewhere',
      error: expect.stringMatching(/limit of queue:night is 0 .*jobs\.limits/),
    });
  await set('all', 9);
  expect(await limits()).toEqual([{ scope: 'all', max: 9, active: 0, from: 'api' }, ...fixed]);
  // SimpleTuner's words for the same are held to it too.
  await manager.post('/api/queue/concurrency', { max_concurrent: 5 });
  expect(await limits()).toEqual([{ scope: 'all', max: 5, active: 0, from: 'api' }, ...fixed]);
});

test('what people set of a scope sleeps while the configuration names it, and holds again when it does not', async () => {
  await begin({});
  await set('queue:night', 3);
  const { dataDir } = manager;
  await manager.stop('keep');
  await begin(NAMED, dataDir);
  expect(await limits()).toMatchObject([{ scope: 'queue:night', max: 0, from: 'configuration' }, { scope: 'user:*' }]);
  await manager.stop('keep');
  await begin({}, dataDir);
  expect(await limits()).toEqual([{ scope: 'queue:night', max: 3, active: 0, from: 'api' }]);
});
