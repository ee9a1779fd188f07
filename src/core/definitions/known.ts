/** What launchers keep once they have taken everything that is on its way to them: the ground on which plans are made. */
import { processKey, type ProcessKey, type ProcessName, type WorkerId } from '../../../protocol/ids';
import type { ProcessSpec } from '../../../protocol/process-spec';
import { isReachable } from '../fleet/liveness';
import type { Model, Process } from '../model';
import { presentVersion } from './versions';

export interface Known {
  readonly key: ProcessKey;
  readonly worker: WorkerId;
  readonly name: ProcessName;
  readonly spec: ProcessSpec;
  /** Null = its launcher has not told of it yet. */
  readonly process: Process | null;
}

/** Launchers' processes. Plain clients' have no definition. */
export function knownProcesses(model: Model): Map<ProcessKey, Known> {
  const known = new Map<ProcessKey, Known>();
  for (const process of model.processes.values()) {
    const { key, worker, name, spec } = process;
    if (spec !== null) known.set(key, { key, worker, name, spec, process });
  }
  for (const { worker, process: name, message } of model.commands.values()) {
    const key = processKey(worker, name);
    if (message.kind === 'supersede') known.delete(key);
    if (message.kind === 'define')
      known.set(key, { key, worker, name, spec: message.spec, process: model.processes.get(key) ?? null });
  }
  return known;
}

/** The manager gave it. A launcher's own never carries a set. */
export const isGivenFromHere = (model: Model, { key, spec }: Known): boolean =>
  spec.set !== null || presentVersion(model.definitions.get(key)) !== null;

/** Processes that run in place of one whose worker was lost: they come and go with that one and not by a document. */
export const substitutes = (model: Model): Set<ProcessKey> =>
  new Set([...model.processes.values()].flatMap(({ supersededBy }) => supersededBy ?? []));

/** Null = commands reach it now. */
export function whyAway(model: Model, id: WorkerId): string | null {
  const worker = model.workers.get(id);
  if (worker !== undefined && isReachable(worker, model.contacts.get(id))) return null;
  return `worker ${id} is not connected (${worker?.presence.kind ?? 'not registered'}) and gets it when it is back`;
}
