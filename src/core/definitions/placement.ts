/** On which worker a process of a document goes. */
import { nearest, Refusal } from '../../../protocol/errors';
import { globMatches } from '../../../protocol/glob';
import type { WorkerId } from '../../../protocol/ids';
import type { PlacedProcess } from '../../../protocol/process-document';
import type { ProcessSpec } from '../../../protocol/process-spec';
import { containerRefusal, noContainers } from '../fleet/abilities';
import { isReachable } from '../fleet/liveness';
import { hasLauncher, type Model, type Worker } from '../model';

type Match = NonNullable<PlacedProcess['match']>;

/** Deals out the processes of one document, so that those dealt out already count. */
export class Placement {
  private readonly counts = new Map<WorkerId, number>();

  constructor(
    private readonly model: Model,
    taken: Iterable<{ readonly worker: WorkerId }>,
  ) {
    for (const { worker } of taken) this.count(worker);
  }

  /** @param present where the same set has it now; it stays there as long as that worker's labels match */
  place({ worker: id, match, spec }: PlacedProcess, present: WorkerId | null): WorkerId | Refusal {
    if (id !== null) return launcherNamed(this.model, id);
    const wanted = match ?? {};
    const staysOn = present === null ? undefined : this.model.workers.get(present);
    if (staysOn !== undefined && lacking(staysOn, wanted).length === 0) return staysOn.id;
    const best = this.launchers()
      .filter((worker) => isReachable(worker, this.model.contacts.get(worker.id)) && !worker.isDraining)
      .filter((worker) => lacking(worker, wanted).length === 0)
      .filter((worker) => containerRefusal(worker, spec, spec.name) === null)
      .sort((a, b) => this.countOf(a) - this.countOf(b) || a.id.localeCompare(b.id, 'en', { numeric: true }))[0];
    if (best === undefined) return this.nobody(spec, wanted);
    this.count(best.id);
    return best.id;
  }

  private launchers(): Worker[] {
    return [...this.model.workers.values()].filter(hasLauncher);
  }

  private countOf({ id }: Worker): number {
    return this.counts.get(id) ?? 0;
  }

  private count(worker: WorkerId): void {
    this.counts.set(worker, (this.counts.get(worker) ?? 0) + 1);
  }

  private nobody(spec: ProcessSpec, match: Match): Refusal {
    const process = spec.name;
    const asked = Object.entries(match).map(([label, value]) => `${label}=${value}`);
    const [near] = this.launchers()
      .map((worker) => ({ worker, lacks: lacking(worker, match) }))
      .sort((a, b) => a.lacks.length - b.lacks.length || a.worker.id.localeCompare(b.worker.id));
    const nearest =
      near === undefined
        ? 'no launcher is registered'
        : near.lacks.length === 0
          ? `${near.worker.id} does, and ${whyNot(near.worker, spec)}`
          : `the nearest is ${near.worker.id}, which has ${near.lacks.map((label) => has(near.worker, label)).join(', ')}`;
    return new Refusal(
      'no_worker_matches',
      `no connected worker matches ${asked.join(', ') || 'anything'}, which ${process} asks for; ${nearest}`,
      { process, nearest: near?.worker.id ?? null },
    );
  }
}

function launcherNamed(model: Model, id: WorkerId): WorkerId | Refusal {
  const worker = model.workers.get(id);
  if (worker === undefined) return notRegistered(model, id);
  if (hasLauncher(worker)) return id;
  return new Refusal(
    'bad_request',
    `worker ${id} speaks plain HTTP and has one command of its own; a launcher is needed to define more`,
  );
}

function notRegistered(model: Model, id: WorkerId): Refusal {
  const known = [...model.workers.values()].filter(hasLauncher).map((worker) => worker.id as string);
  const near = nearest(id, known);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `registered: ${known.join(', ') || 'none'}`;
  return new Refusal('unknown_worker', `no launcher is registered as ${id}; ${hint}`, { known, nearest: near });
}

/** Although its labels match. A clause. */
function whyNot(worker: Worker, spec: ProcessSpec): string {
  if (containerRefusal(worker, spec, spec.name) !== null) return noContainers(worker);
  return worker.isDraining ? 'is draining' : `is not connected (${worker.presence.kind})`;
}

/** Labels that the worker has not, or not so. */
const lacking = ({ labels }: Worker, match: Match): string[] =>
  Object.entries(match)
    .filter(([label, glob]) => !Object.hasOwn(labels, label) || !globMatches(glob, labels[label] ?? ''))
    .map(([label]) => label);

const has = ({ labels }: Worker, label: string): string =>
  Object.hasOwn(labels, label) ? `${label}=${labels[label]}` : `no label ${label}`;
