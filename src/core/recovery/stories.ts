/** How stories begin, go on and end. A story is one row (model.ts, Recovery); each change of it is a fact. */
import type { ProcessKey, WorkerId } from '../../../protocol/ids';
import type { Model, Process, Recovery } from '../model';
import type { Scene } from './scene';

type Opening = Pick<Recovery, 'worker' | 'process' | 'kind' | 'stage' | 'found' | 'decided' | 'did' | 'actor'> &
  Partial<Pick<Recovery, 'attempt' | 'attemptsMax' | 'waitsFor' | 'countsUntilMs' | 'trigger' | 'isHeld' | 'result'>>;

/** A new story. One begun in a stage of the end (`completed`, `failed`) is over with its beginning. */
export function begin(scene: Scene, opening: Opening): Recovery {
  const { model, nowMs, incident } = scene;
  const recovery: Recovery = {
    id: `r${++model.commandOrder}`,
    beganAtMs: nowMs,
    endedAtMs: isEnd(opening.stage) ? nowMs : null,
    result: null,
    attempt: 1,
    attemptsMax: 1,
    waitsFor: [],
    mishaps: [],
    countsUntilMs: null,
    trigger: null,
    isHeld: false,
    incident: incident?.id ?? null,
    ...opening,
  };
  scene.facts.push({ kind: 'recovery.changed', recovery, was: null });
  return recovery;
}

export function advance(scene: Scene, recovery: Recovery, change: Partial<Recovery>): void {
  scene.facts.push({ kind: 'recovery.changed', recovery: { ...recovery, ...change }, was: recovery.stage });
}

export const end = (scene: Scene, recovery: Recovery, stage: 'completed' | 'failed', result: string): void =>
  advance(scene, recovery, { stage, result, endedAtMs: scene.nowMs, isHeld: false });

/** Stories about one process that go on, oldest first. */
export const openStories = (model: Model, process: Process): Recovery[] =>
  [...model.recoveries.of(process.worker)].filter(
    (story) => story.endedAtMs === null && story.process === process.name,
  );

/** The same by its key, when it is known no longer. */
export const openStoriesOf = (model: Model, key: ProcessKey): Recovery[] =>
  [...model.recoveries.values()].filter((story) => story.endedAtMs === null && subjectOf(story) === key);

/** Stories of a worker and of its processes that go on. */
export const openStoriesOn = (model: Model, worker: WorkerId): Recovery[] =>
  [...model.recoveries.of(worker)].filter((story) => story.endedAtMs === null);

export const subjectOf = ({ worker, process }: Pick<Recovery, 'worker' | 'process'>): string =>
  process === null ? worker : `${worker}/${process}`;

const isEnd = (stage: Recovery['stage']): boolean => stage === 'completed' || stage === 'failed';
