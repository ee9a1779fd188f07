/** What a document would change. The whole of it is checked before anything is done. */
import { Refusal } from '../../../protocol/errors';
import { processKey, type ProcessKey, type ProcessName, type WorkerId } from '../../../protocol/ids';
import type { PlacedProcess, SetDocument } from '../../../protocol/process-document';
import type { Model } from '../model';
import { isGivenFromHere, knownProcesses, substitutes, type Known } from './known';
import { Placement } from './placement';
import type { Planned } from './change-words';
import { planOne } from './planned';
import { sealedRefusal, withSecretValues, type SecretRules } from './secret-values';
import { abilityRefusal, dependencyRefusal } from './soundness';

/** In the order of the document, and then what left it. A refusal's `entry` says which process it is about. */
export function planSet(model: Model, document: SetDocument, rules: SecretRules): readonly Planned[] | Refusal {
  const twice = nameGivenTwice(document);
  if (twice !== null) return twice;
  const known = knownProcesses(model);
  const standIns = substitutes(model);
  const members = [...known.values()].filter(({ key, spec }) => spec.set === document.set && !standIns.has(key));
  const named = new Set(document.processes.flatMap(({ worker, spec }) => keyIn(worker, spec.name)));
  const moving = members.filter(({ key }) => !named.has(key));
  const placement = new Placement(model, [...known.values(), ...namedAnew(document, known)]);
  const planned = new Map<ProcessKey, Planned>();
  for (const [entry, placed] of document.processes.entries()) {
    const { name } = placed.spec;
    const present = moving.find((member) => member.name === name) ?? null;
    const worker = placement.place(placed, present?.worker ?? null);
    if (worker instanceof Refusal) return about(entry, worker);
    const key = processKey(worker, name);
    const there = known.get(key);
    const taken = there === undefined ? null : takenBy(model, there, document);
    if (taken !== null) return about(entry, taken);
    // One that moves to another worker takes its secrets along. One that stays keeps them to itself: whoever may define
    // on another worker alone would have them sent there by a second entry of the same name.
    const spec = withSecretValues(placed.spec, (there ?? present)?.spec ?? null, rules, key);
    if (spec instanceof Refusal) return about(entry, spec);
    planned.set(key, planOne({ key, worker, name, entry }, there, { ...spec, set: document.set }));
  }
  const left = members.filter(({ key }) => !planned.has(key));
  const changes = [
    ...planned.values(),
    ...left.map((member) => planOne({ ...placeOf(member), entry: null }, member, null)),
  ];
  return (
    dependencyRefusal(model, known, changes) ?? abilityRefusal(model, changes) ?? sealedRefusal(changes) ?? changes
  );
}

/** By labels a process is known by its name alone, so that must be its own in the document. */
function nameGivenTwice({ processes }: SetDocument): Refusal | null {
  for (const [entry, { worker, spec }] of processes.entries()) {
    const clash = (other: PlacedProcess): boolean =>
      other.spec.name === spec.name && (other.worker === null || worker === null || other.worker === worker);
    if (processes.findIndex(clash) < entry)
      return about(
        entry,
        new Refusal('bad_request', `the process ${spec.name} is in the document twice; give each its own name`),
      );
  }
  return null;
}

function takenBy(model: Model, there: Known, { set }: SetDocument): Refusal | null {
  const { key, spec } = there;
  if (!isGivenFromHere(model, there))
    return new Refusal(
      'defined_elsewhere',
      `${key} is defined by its launcher's own command line or file, and is changed there; choose another name`,
    );
  // One that was given by itself, without a document, is taken into this one: the plan shows it.
  if (spec.set === null || spec.set === set) return null;
  return new Refusal(
    'defined_elsewhere',
    `${key} belongs to the set ${spec.set}; choose another name, or take it out of that document first`,
    { set: spec.set },
  );
}

/** Processes that the document puts on a worker by its id, and that are not there yet. */
const namedAnew = ({ processes }: SetDocument, known: ReadonlyMap<ProcessKey, Known>) =>
  processes.flatMap(({ worker, spec }) =>
    worker === null || known.has(processKey(worker, spec.name)) ? [] : { worker },
  );

const keyIn = (worker: WorkerId | null, name: ProcessName): ProcessKey[] =>
  worker === null ? [] : [processKey(worker, name)];

const placeOf = ({ key, worker, name }: Known) => ({ key, worker, name });

const about = (entry: number, { code, message, details }: Refusal): Refusal =>
  new Refusal(code, message, { ...details, entry });
