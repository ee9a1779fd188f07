import type { RunId, WorkerId } from '../../../protocol/ids';
import { ProcessSpec } from '../../../protocol/process-spec';
import type { ProcessState } from '../../../protocol/process-state';
import { backoff, exitedWith, failed, report, running, RUN, stopped, TestFleet } from '../test-fleet';

const spec = ProcessSpec.parse({ name: 'w1', command: 'run w1' });
const OLDER = '1600000000000abcdefghij22' as RunId;
const was = (pid: number): ProcessState => ({ ...running(pid), run: OLDER }) as ProcessState;

/** Its link came back: the table, and then all that was not acknowledged, of which `older` is older than the table. */
function comesBack(fleet: TestFleet, table: ProcessState, { older, newer }: Record<'older' | 'newer', ProcessState[]>) {
  const told = fleet.events.length;
  fleet.ask({
    kind: 'sync',
    worker: 'w1' as WorkerId,
    connection: 'w1-1',
    message: { processes: [{ spec, report: report('w1', table) }], runs: [], newestSeq: older.length },
  });
  fleet.nowMs += 1000;
  for (const state of [...older, ...newer]) fleet.change('w1', state);
  return fleet.events.slice(told).flatMap(({ kind }) => (kind.startsWith('process.') ? [kind] : []));
}

const fleetWith = (state: ProcessState): TestFleet => {
  const fleet = new TestFleet();
  fleet.join('w1', state);
  return fleet;
};

test('a run that by the table has died is not taken as running again', () => {
  const fleet = fleetWith(was(7));
  const events = comesBack(fleet, backoff(), { older: [was(7), backoff()], newer: [running(8)] });
  expect(events).toEqual(['process.backoff', 'process.running']);
  expect(fleet.stories).toMatchObject([{ stage: 'completed', result: 'running again after 1 s, pid 8' }]);
});

test('nor where its successor is being born already: the crash is told, and ends with the successor', () => {
  const fleet = fleetWith(was(7));
  comesBack(fleet, running(8), { older: [was(7), backoff(), running(8)], newer: [] });
  expect(fleet.stories).toMatchObject([{ stage: 'completed', result: expect.stringContaining('pid 8') as string }]);
});

test('crashes while nobody heard are each told, with the run that followed', () => {
  const fleet = fleetWith(was(7));
  const crashes = [backoff(1, exitedWith(3)), was(8), backoff(2, exitedWith(4)), running(9)];
  comesBack(fleet, running(9), { older: crashes, newer: [] });
  expect(fleet.stories).toMatchObject([
    { found: 'exit code 3', result: expect.stringContaining('pid 8') as string },
    { found: 'exit code 4', result: expect.stringContaining('pid 9') as string },
  ]);
  expect(fleet.model.processes.get('w1/w1' as never)?.actual).toMatchObject({ report: { state: { run: RUN } } });
});

test.each([
  ['stopped', stopped()],
  ['failed', failed()],
] as const)('what the table says of one that is %s stands, whatever was on its way', (kind, table) => {
  const fleet = fleetWith(was(7));
  const events = comesBack(fleet, table, { older: [was(7), table], newer: [] });
  expect(fleet.model.processes.get('w1/w1' as never)?.actual).toMatchObject({ report: { state: { kind } } });
  expect(events).toEqual([`process.${kind}`]);
});
