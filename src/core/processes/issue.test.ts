import { ownAsker } from '../../../protocol/trust';
import type { ProcessName, WorkerId } from '../../../protocol/ids';
import { emptyModel } from '../model';
import { issue } from './issue';

test('a manager that counts again from an old number gives no id twice: its launchers remember the old ones', () => {
  const order = {
    worker: 'w1' as WorkerId,
    process: 'p' as ProcessName,
    by: ownAsker('test'),
    why: '',
    payload: { kind: 'control', process: 'p' as ProcessName, verb: 'stop', onlyRun: null },
  } as const;
  const idAt = (nowMs: number) => issue(emptyModel(), [], nowMs, order).command.id;
  expect(idAt(1_700_000_000_000)).not.toBe(idAt(1_700_000_060_000));
  const one = emptyModel();
  const ids = [1, 2, 3].map(() => issue(one, [], 1_700_000_000_000, order).command.id);
  expect(new Set(ids).size).toBe(3);
});
