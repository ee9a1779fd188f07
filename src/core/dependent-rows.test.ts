import type { WorkerId } from '../../protocol/ids';
import { DependentRows } from './dependent-rows';

const row = (key: string, dependsOn: Record<string, 'started'>) => ({
  key,
  worker: key.slice(0, key.indexOf('/')) as WorkerId,
  spec: { dependsOn },
});

test('dependents are found by what they depend on, known or not, as long as they do', () => {
  const rows = new DependentRows<string, ReturnType<typeof row>>();
  const dependents = (key: string) => rows.dependentsOf(key).map((found) => found.key);
  rows.set('w1/web', row('w1/web', { db: 'started', 'w2/cache': 'started' }));
  rows.set('w2/api', row('w2/api', { cache: 'started' }));
  expect(dependents('w1/db')).toEqual(['w1/web']);
  expect(dependents('w2/cache')).toEqual(['w1/web', 'w2/api']);
  expect([...rows.dependedOn()].sort()).toEqual(['w1/db', 'w2/cache']);

  // A report leaves the definition alone; a new definition replaces the old one's dependencies.
  const { spec } = rows.get('w1/web')!;
  rows.set('w1/web', { ...rows.get('w1/web')!, spec });
  expect(dependents('w1/db')).toEqual(['w1/web']);
  rows.set('w1/web', row('w1/web', { 'w2/cache': 'started' }));
  expect(dependents('w1/db')).toEqual([]);
  rows.delete('w2/api');
  expect(dependents('w2/cache')).toEqual(['w1/web']);
  rows.delete('w1/web');
  expect([...rows.dependedOn()]).toEqual([]);
});
