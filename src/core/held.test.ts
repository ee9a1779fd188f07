/** Whoever may change some workers only is asked about those that a command comes to when it is decided. */
import { Refusal } from '../../protocol/errors';
import { SetDocument } from '../../protocol/process-document';
import { ProcessSpec } from '../../protocol/process-spec';
import { ownAsker } from '../../protocol/trust';
import type { EngineCommand } from './commands';
import { stopped, TestFleet } from './test-fleet';

const held = new Refusal('forbidden', 'not yours');
/** Somebody who may change w1. */
const asked = {
  by: ownAsker('test'),
  hold: (workers: Iterable<string>) => ([...workers].every((id) => id === 'w1') ? null : held),
};
const SPEC = ProcessSpec.parse({ name: 'new', command: 'x' });
const applied = (set: string, place: object): EngineCommand => ({
  ...asked,
  kind: 'applySet',
  document: SetDocument.parse({ set, processes: [{ name: set, command: 'x', ...place }] }),
});

test('where a process is placed, and not where it would have been a moment ago', () => {
  const fleet = new TestFleet();
  fleet.join('w1', stopped());
  fleet.join('w2', stopped());
  const document = (name: string) => applied(name, { match: {} });
  expect(fleet.ask(document('a')).reply).not.toBe(held);
  // By now w2 runs the least.
  expect(fleet.ask(document('b')).reply).toBe(held);
  expect([...fleet.model.commands.values()].map(({ worker }) => worker)).toEqual(['w1']);
});

test('what a name means, and what a way back would change', () => {
  const fleet = new TestFleet();
  fleet.join('w1', stopped());
  fleet.join('w2', stopped());
  fleet.ask({ ...applied('a', { worker: 'w2' }), hold: undefined } as EngineCommand);
  const id = 'w2';
  const orders: EngineCommand[] = [
    { ...asked, kind: 'control', id, process: 'w2', verb: 'stop' },
    { ...asked, kind: 'disable', id, process: 'w2', reason: '', untilMs: null },
    { ...asked, kind: 'enable', id, process: 'w2' },
    { ...asked, kind: 'defineProcess', worker: id, spec: SPEC, start: true, mustBeNew: true },
    { ...asked, kind: 'forgetProcess', id, process: 'w2' },
    { ...asked, kind: 'rollback', asked: { name: 'a', isSet: true, to: null } },
  ];
  const before = fleet.model.commands.size;
  for (const order of orders) expect([order.kind, fleet.ask(order).reply]).toEqual([order.kind, held]);
  expect(fleet.model.commands.size).toBe(before);
});

test('what a start takes along: all of it, or nothing', () => {
  const fleet = new TestFleet();
  fleet.join('w1', stopped(), { spec: { dependsOn: { 'w2/w2': 'ready' } } });
  fleet.join('w2', stopped());
  const start: EngineCommand = { ...asked, kind: 'control', id: 'w1', process: null, verb: 'start' };
  expect(fleet.ask(start).reply).toMatchObject({ code: 'forbidden', message: 'w1/w1 depends on w2/w2: not yours' });
  expect(fleet.model.commands.size).toBe(0);
  expect(fleet.ask({ ...start, hold: undefined }).reply).toMatchObject({
    remark: 'also started w2/w2, as it depends on that',
  });
});
