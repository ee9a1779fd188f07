import { ownAsker } from '../../../protocol/trust';
import type { WorkerId } from '../../../protocol/ids';
import type { Standing } from '../../../protocol/dependencies';
import { exitOfStatus } from '../../../protocol/exit';
import type { ProcessState } from '../../../protocol/process-state';
import type { Turn } from '../turn';
import { running, stopped, TestFleet } from '../test-fleet';

const needs = { spec: { dependsOn: { 'w2/w2': 'ready' } } };
const unready = { ...(running() as Extract<ProcessState, { kind: 'running' }>), readyAtMs: null };
const exited: ProcessState = { kind: 'exited', why: 'exit code 0', sinceMs: 0, exit: exitOfStatus(0, 0) };

/** What a turn tells of w2/w2, by worker. */
function told({ turn }: { readonly turn: Turn }) {
  return turn.effects.flatMap((effect) =>
    effect.kind === 'standings'
      ? [[effect.worker as string, effect.message.standings['w2/w2'] as Standing] as const]
      : [],
  );
}
const not = { started: false, ready: false, completed: false };

test('a launcher is told the whole when it syncs, also what is not there', () => {
  const fleet = new TestFleet();
  expect(told(fleet.join('w1', stopped(), needs))).toEqual([['w1', { ...not, is: 'there is no such process' }]]);
  expect(told(fleet.join('w2', unready))).toEqual([['w1', { ...not, started: true, is: 'running, not ready yet' }]]);
  expect(told(fleet.join('w1', stopped(), needs))).toEqual([
    ['w1', { ...not, started: true, is: 'running, not ready yet' }],
  ]);
});

test('an entry is told when it changed, and not otherwise', () => {
  const fleet = new TestFleet();
  fleet.join('w1', stopped(), needs);
  fleet.join('w2', unready);
  expect(told(fleet.change('w2', running()))).toEqual([
    ['w1', { started: true, ready: true, completed: false, is: 'running' }],
  ]);
  expect(told(fleet.change('w2', running()))).toEqual([]);
  expect(told(fleet.tell('w2', { kind: 'process.removed', process: 'w2' as never, why: '' }))).toEqual([
    ['w1', { ...not, is: 'there is no such process' }],
  ]);
});

test('what a lost worker runs is not known, what it completed stays completed, and its return is told when it says so', () => {
  const fleet = new TestFleet();
  fleet.join('w1', stopped(), needs);
  fleet.join('w2', running());
  expect(told(fleet.pass(10_000, 'w1'))).toEqual([['w1', { ...not, is: 'unknown: worker w2 is lost' }]]);
  expect(told(fleet.ask({ kind: 'heard', worker: 'w2' as WorkerId }))).toEqual([]);
  expect(told(fleet.join('w2', exited))).toMatchObject([['w1', { completed: true }]]);
  expect(told(fleet.pass(10_000, 'w1'))).toEqual([
    ['w1', { started: true, ready: false, completed: true, is: 'unknown: worker w2 is lost' }],
  ]);
});

test('nobody is told over a line that is not open', () => {
  const fleet = new TestFleet();
  fleet.join('w1', stopped(), needs);
  fleet.ask({ kind: 'closeLink', worker: 'w1' as WorkerId, connection: 'w1-1' });
  expect(told(fleet.join('w2', running()))).toEqual([]);
});

test('after a removal of its worker a process is not there', () => {
  const fleet = new TestFleet();
  fleet.join('w1', stopped(), needs);
  fleet.join('w2', running());
  expect(told(fleet.ask({ kind: 'removeWorker', id: 'w2', by: ownAsker('test'), why: 'gone' }))).toEqual([
    ['w1', { ...not, is: 'there is no such process' }],
  ]);
});
