/** A definition that changes under a run, by a launcher's whole table, and what ends that. */
import { ProcessSpec } from '../../../protocol/process-spec';
import type { RunId, WorkerId } from '../../../protocol/ids';
import type { ProcessState } from '../../../protocol/process-state';
import { AT_HOME, identityOf, report, RUN, running, stopped, TestFleet } from '../test-fleet';
import { processView } from '../views';

const ANOTHER = `${RUN.slice(0, -1)}${RUN.endsWith('f') ? 'e' : 'f'}` as RunId;

/** The launcher connects anew and tells this. */
function told(fleet: TestFleet, words: Record<string, unknown>, state: ProcessState): readonly string[] {
  const [worker, connection] = ['w1' as WorkerId, 'again'];
  fleet.ask({ kind: 'openLink', identity: identityOf('w1'), proof: AT_HOME.proof, connection });
  const processes = [
    { spec: ProcessSpec.parse({ name: 'w1', command: 'run w1', ...words }), report: report('w1', state) },
  ];
  fleet.ask({ kind: 'sync', worker, connection, message: { processes, runs: [] } });
  const [process] = [...fleet.model.processes.values()];
  return process === undefined ? ['it is gone'] : processView(fleet.model, process, 0).notes;
}
const fleetOf = (state: ProcessState): TestFleet => {
  const fleet = new TestFleet();
  fleet.join('w1', state);
  return fleet;
};
const OWED = ['it runs an older definition; procguard restart w1/w1 takes the new one'];

test('what runs on keeps its definition, and that is said until another run is there', () => {
  const fleet = fleetOf(running());
  expect(told(fleet, { command: 'run it otherwise' }, running())).toEqual(OWED);
  expect(told(fleet, { command: 'run it otherwise' }, running())).toEqual(OWED);
  expect(told(fleet, { command: 'run it otherwise' }, { ...running(), run: ANOTHER } as ProcessState)).toEqual([]);
});

test('nothing is owed where nothing runs, and for what is none of a run’s', () => {
  expect(told(fleetOf(stopped()), { command: 'run it otherwise' }, stopped())).toEqual([]);
  expect(told(fleetOf(running()), { autoStart: true }, running())).toEqual([]);
});
