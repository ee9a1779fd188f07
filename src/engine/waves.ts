/**
 * One command for many processes, in the order that their dependencies ask for: up, everybody comes after what it
 * depends on; down, before it. Rolling, a few at a time, and the first failure ends it: the rest is not touched.
 *
 * A start is held back by its launcher until what it depends on is as it must be, so starts go out all at once; the
 * order is made here only where something must be over before the next thing is asked for.
 */
import type { Asker } from '../../protocol/trust';
import { Refusal } from '../../protocol/errors';
import type { BatchResult } from '../../protocol/http';
import type { ProcessKey } from '../../protocol/ids';
import type { StopCertificate } from '../../protocol/process-state';
import type { Hold } from '../core/commands';
import { layersAmong } from '../core/processes/layers';
import { command, type Action, type Patience } from './command';
import type { Engine } from './engine';

export interface Waves {
  readonly targets: readonly ProcessKey[];
  readonly action: Action;
  readonly by: Asker;
  readonly hold: Hold;
  readonly patience: Patience;
  /** How many at a time; null = all of a layer. */
  readonly rolling: number | null;
}

type Outcome = Pick<BatchResult, 'ok' | 'message' | 'note' | 'certificate'>;
type Outcomes = ReadonlyMap<ProcessKey, Outcome>;

/** One outcome for each target; a refusal of one is its outcome and not the whole's. */
export async function commandAll(engine: Engine, waves: Waves): Promise<Outcomes> {
  const { targets, action, rolling, patience } = waves;
  const layers = engine.read((model) => layersAmong(model, targets));
  if (rolling !== null) return roll(engine, waves, inSlices(layers.flat(), rolling));
  const isDown = action.kind === 'stop' || action.kind === 'kill';
  if (!patience.wait || layers.length <= 1)
    return all(engine, waves, isDown ? layers.toReversed().flat() : layers.flat());
  if (isDown) return inTurn(engine, waves, layers.toReversed());
  if (action.kind !== 'restart') return all(engine, waves, layers.flat());
  return downAndUp(engine, waves, layers);
}

async function all(engine: Engine, waves: Waves, keys: readonly ProcessKey[]): Promise<Outcomes> {
  return new Map(await Promise.all(keys.map(async (key) => [key, await attempt(engine, waves, key)] as const)));
}

/** A layer that could not be stopped does not keep the ones below it: whoever says stop means all of them. */
async function inTurn(
  engine: Engine,
  waves: Waves,
  layers: readonly (readonly ProcessKey[])[],
): Promise<Map<ProcessKey, Outcome>> {
  const outcomes = new Map<ProcessKey, Outcome>();
  for (const layer of layers) for (const [key, outcome] of await all(engine, waves, layer)) outcomes.set(key, outcome);
  return outcomes;
}

/** Dependents first down, dependencies first up. What is not down is not started: it would be a second copy. */
async function downAndUp(engine: Engine, waves: Waves, layers: readonly (readonly ProcessKey[])[]): Promise<Outcomes> {
  const outcomes = await inTurn(engine, { ...waves, action: { kind: 'stop' } }, layers.toReversed());
  const down = layers.flat().filter((key) => outcomes.get(key)?.ok === true);
  const started = await all(engine, { ...waves, action: { kind: 'start' } }, down);
  for (const [key, outcome] of started)
    outcomes.set(key, { ...outcome, certificate: outcomes.get(key)?.certificate ?? null });
  return outcomes;
}

async function roll(engine: Engine, waves: Waves, slices: readonly (readonly ProcessKey[])[]): Promise<Outcomes> {
  const outcomes = new Map<ProcessKey, Outcome>();
  let failed: ProcessKey | null = null;
  for (const slice of slices) {
    if (failed !== null) {
      const message = `not touched: ${failed} failed before it`;
      for (const key of slice) outcomes.set(key, { ok: false, message, note: null, certificate: null });
      continue;
    }
    for (const [key, outcome] of await all(engine, waves, slice)) {
      outcomes.set(key, outcome);
      if (!outcome.ok) failed ??= key;
    }
  }
  return outcomes;
}

function inSlices<T>(values: readonly T[], length: number): T[][] {
  const slices: T[][] = [];
  for (let at = 0; at < values.length; at += length) slices.push(values.slice(at, at + length));
  return slices;
}

async function attempt(engine: Engine, { action, by, hold, patience }: Waves, key: ProcessKey): Promise<Outcome> {
  try {
    const { message, note, certificate } = await command(
      engine,
      { id: key, process: null, action, by, hold },
      patience,
    );
    return { ok: true, message, note, certificate };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { certificate } = error.details as { certificate?: StopCertificate | null };
    return { ok: false, message: error.message, note: null, certificate: certificate ?? null };
  }
}
