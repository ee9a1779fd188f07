/**
 * A worker is lost: what it ran is unknown, and unknown is not dead. Nothing is killed or started for it, unless its
 * process may be reassigned: then it starts on an idle worker that allows it, and the old one is marked superseded in
 * the same turn. When its worker returns, that is stopped before anything else; until then nobody believes it.
 * Source: seed 002 `task_reassignment`.
 */
import { processKey, type WorkerId } from '../../../protocol/ids';
import { newChange } from '../definitions/new-change';
import { isMain, processesOf, type Process, type Recovery } from '../model';
import { disabledOf } from '../processes/disabled';
import { issue } from '../processes/issue';
import { count, moment, span } from '../spans';
import { budgetOf, spentText } from './budget';
import { idleTarget } from './reassignment';
import { BY, FAILURE_HANDLER, type Scene } from './scene';
import { advance, begin, end, openStoriesOn } from './stories';

export function workerLost(scene: Scene, id: WorkerId): void {
  const { enabled, reassign: isAllowed } = scene.settings.recovery;
  const own = processesOf(scene.model, id);
  const mayMove = enabled && isAllowed ? own.find((process) => mayBeReassigned(scene, process)) : undefined;
  if (mayMove !== undefined) {
    if (scene.incident === null) reassign(scene, mayMove, null);
    else hold(scene, mayMove);
  }
  const leftAlone = own.filter((process) => process !== mayMove && couldBeAlive(process));
  if (leftAlone.length > 0) leaveAlone(scene, id, leftAlone.length);
}

/** Heard again: what was only waited for has its end. */
export function workerBack(scene: Scene, id: WorkerId): void {
  for (const story of openStoriesOn(scene.model, id)) {
    if (story.kind !== 'worker-lost') continue;
    const away = span(scene.nowMs - story.beganAtMs);
    if (story.process === null)
      end(scene, story, 'completed', `heard again after ${away}; what it runs was left as it was`);
    else if (story.isHeld) end(scene, story, 'completed', `needless: its worker was heard again after ${away}`);
  }
}

/** Also of a story that was held back. */
export function reassign(scene: Scene, process: Process, held: Recovery | null): void {
  const { model, settings, nowMs } = scene;
  const budget = budgetOf(scene, process, 'worker-lost');
  const target = idleTarget(model, process);
  const numbers = { attempt: budget.attempt, attemptsMax: budget.max };
  const tell = (change: Pick<Recovery, 'stage' | 'decided' | 'did' | 'actor'> & Partial<Recovery>): void => {
    if (held === null) begin(scene, { ...about(scene, process), ...numbers, ...change });
    else
      advance(scene, held, {
        ...numbers,
        ...change,
        isHeld: false,
        endedAtMs: change.stage === 'failed' ? nowMs : null,
      });
  };
  const refused = { stage: 'failed', decided: 'left alone', did: 'nothing', actor: null } as const;
  if (budget.isSpent) {
    if (held !== null || !budget.isSaid) tell({ ...refused, result: spentText(budget, settings.recovery.windowMs) });
    return;
  }
  if (target === null) {
    const result =
      'no idle worker allows it; one would carry the label accept-reassigned=true, or a glob of worker ids';
    return tell({ ...refused, result });
  }
  const key = processKey(target.id, process.name);
  if (process.spec === null) throw new Error(`${process.key} has no definition to move`);
  scene.facts.push({ kind: 'process.superseded', key: process.key, by: key });
  // The copy is given from here and changed from here, as every definition that the manager gave.
  const change = newChange(model, { set: null, kind: 'define', by: FAILURE_HANDLER }, nowMs);
  scene.facts.push({ kind: 'definition.given', key, worker: target.id, spec: process.spec, change });
  const { command, effects } = issue(model, scene.facts, nowMs, {
    worker: target.id,
    process: process.name,
    by: FAILURE_HANDLER,
    why: `worker ${process.worker} is lost`,
    payload: { kind: 'define', spec: process.spec, start: true },
  });
  scene.effects.push(...effects);
  tell({
    stage: 'reassigning',
    decided: `reassigned to ${target.id}, which is idle and allows it`,
    did: `defined and started as ${key}`,
    actor: BY,
    waitsFor: [command.id],
    countsUntilMs: nowMs + settings.recovery.windowMs,
  });
}

/** The worker's own process, wanted and not forbidden. A plain client has no definition that could be moved. */
export function mayBeReassigned({ model, nowMs }: Scene, process: Process): boolean {
  if (!isMain(process) || process.spec === null || process.actual.via !== 'launcher') return false;
  const isWanted = process.desired === 'running' && process.supersededBy === null;
  return isWanted && disabledOf(model, process, nowMs) === null;
}

function hold(scene: Scene, process: Process): void {
  begin(scene, {
    ...about(scene, process),
    stage: 'detected',
    decided: `held back: incident ${scene.incident?.id ?? ''} goes on`,
    did: 'nothing yet',
    actor: null,
    isHeld: true,
  });
}

function leaveAlone(scene: Scene, id: WorkerId, running: number): void {
  begin(scene, {
    worker: id,
    process: null,
    kind: 'worker-lost',
    found: lostSentence(scene, id),
    stage: 'detected',
    decided: `left alone: ${count(running, 'process', 'processes')} may well run there, and unknown is not dead`,
    did: 'nothing was killed or started',
    actor: null,
  });
}

const about = (scene: Scene, process: Process) => ({
  worker: process.worker,
  process: process.name,
  kind: 'worker-lost' as const,
  found: lostSentence(scene, process.worker),
});

function lostSentence({ model }: Scene, id: WorkerId): string {
  const presence = model.workers.get(id)?.presence;
  const since = presence?.kind === 'lost' ? `: silent since ${moment(presence.lastContactMs)}` : '';
  return `worker ${id} is lost${since}`;
}

/** By its last word. A plain client that said nothing yet runs nothing. */
export function couldBeAlive({ actual }: Process): boolean {
  const state = actual.via === 'launcher' ? actual.report.state.kind : actual.report.status;
  return !['stopped', 'exited', 'failed', 'registered'].includes(state);
}
