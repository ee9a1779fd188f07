/**
 * How processes stand, told to launchers whose processes depend on them from another worker. A launcher is told the
 * whole when it syncs, and an entry when it changed: never by a look at the clock, never twice the same.
 *
 * What is not known for sure holds back: a worker that is lost or not connected has no started and no ready process,
 * whatever it said last. Only `completed` stays: what is over cannot become undone by a cut cable.
 */
import { dependencyKey, type DependsOn, type Standing } from '../../../protocol/dependencies';
import { standingOf } from '../../../protocol/standing';
import type { ProcessKey, WorkerId } from '../../../protocol/ids';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import { isReachable } from '../fleet/liveness';
import { hasLauncher, type Model, type PlainReport, type Process } from '../model';

/** Everything this worker's processes depend on elsewhere, also what is not there: it replaces what was told before. */
export function wholeStandings(model: Model, worker: WorkerId, dependsOn: readonly DependsOn[]): Effect[] {
  model.contacts.get(worker)?.standingsTold.clear();
  const keys = dependsOn.flatMap((written) => Object.keys(written)).map((written) => dependencyKey(worker, written));
  const standings = news(model, worker, keys);
  return Object.keys(standings).length === 0 ? [] : [{ kind: 'standings', worker, message: { standings } }];
}

/** What a fact that was just applied is news of, to whom. */
export function standingsAfter(model: Model, fact: Fact): Effect[] {
  switch (fact.kind) {
    case 'process.reported':
    case 'process.plain-reported':
    case 'process.removed':
      return tellDependents(model, [fact.key]);
    case 'process.defined':
      return [...tellDependents(model, [fact.process.key]), ...tellNeeds(model, fact.process.key)];
    case 'process.redefined':
      return tellNeeds(model, fact.key);
    case 'worker.presence':
      // A launcher that is back says how its processes are before they count again; a plain client has nothing to add.
      if (fact.presence.kind !== 'lost' && hasLauncherHere(model, fact.id)) return [];
      return tellDependents(
        model,
        [...model.processes.of(fact.id)].map(({ key }) => key),
      );
    case 'worker.removed':
      return tellDependents(
        model,
        [...model.processes.dependedOn()].filter((key) => key.startsWith(`${fact.id}/`)),
      );
    default:
      return [];
  }
}

function tellDependents(model: Model, keys: readonly string[]): Effect[] {
  const byWorker = new Map<WorkerId, string[]>();
  for (const key of keys)
    for (const { worker } of model.processes.dependentsOf(key))
      byWorker.set(worker, [...(byWorker.get(worker) ?? []), key]);
  return [...byWorker].flatMap(([worker, own]) => tell(model, worker, own));
}

function tellNeeds(model: Model, key: ProcessKey): Effect[] {
  const process = model.processes.get(key);
  if (process?.spec == null) return [];
  const { worker, spec } = process;
  return tell(
    model,
    worker,
    Object.keys(spec.dependsOn).map((written) => dependencyKey(worker, written)),
  );
}

function tell(model: Model, worker: WorkerId, keys: readonly string[]): Effect[] {
  const row = model.workers.get(worker);
  if (row === undefined || !isReachable(row, model.contacts.get(worker))) return [];
  const standings = news(model, worker, keys);
  return Object.keys(standings).length === 0 ? [] : [{ kind: 'standings', worker, message: { standings } }];
}

/** Those of the keys that are on other workers, and not as this worker was told last. Noted as told. */
function news(model: Model, worker: WorkerId, keys: readonly string[]): Record<string, Standing> {
  const told = model.contacts.get(worker)?.standingsTold;
  const standings: Record<string, Standing> = {};
  for (const key of keys) {
    if (key.startsWith(`${worker}/`)) continue;
    const standing = standingIn(model, key);
    const text = JSON.stringify(standing);
    if (told === undefined || told.get(key) === text) continue;
    told.set(key, text);
    standings[key] = standing;
  }
  return standings;
}

const NOT_THERE: Standing = { started: false, ready: false, completed: false, is: 'there is no such process' };

/** As far as the manager can say it now. */
export function standingIn(model: Model, key: string): Standing {
  const process = model.processes.get(key as ProcessKey);
  if (process === undefined) return NOT_THERE;
  const standing = reported(process);
  const trouble = troubleOf(model, process);
  if (trouble === null) return standing;
  const { completed } = standing;
  return { started: completed, ready: false, completed, is: `unknown: ${trouble}` };
}

const reported = ({ actual }: Process): Standing =>
  actual.via === 'launcher' ? standingOf(actual.report) : plainStanding(actual.report);

function plainStanding({ status, exitCode }: PlainReport): Standing {
  const running = status === 'running';
  const completed = status === 'exited' && exitCode === 0;
  return { started: running || completed, ready: running, completed, is: status };
}

/** Why its worker's word does not count now; null = it does. */
function troubleOf(model: Model, { worker: id }: Process): string | null {
  const worker = model.workers.get(id);
  if (worker === undefined) return `worker ${id} is not registered`;
  if (worker.presence.kind === 'lost') return `worker ${id} is lost`;
  if (hasLauncher(worker) && model.contacts.get(id)?.synced !== true) return `worker ${id} is not connected`;
  return null;
}

function hasLauncherHere(model: Model, id: WorkerId): boolean {
  const worker = model.workers.get(id);
  return worker === undefined || hasLauncher(worker);
}
