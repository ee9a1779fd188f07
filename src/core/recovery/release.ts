/** What falls due: the end of an incident, what it held back (a few at a time), and budgets that are free again. */
import type { ProcessKey } from '../../../protocol/ids';
import type { Fact } from '../facts';
import type { Model, Recovery } from '../model';
import { policyFor } from './policies';
import { mayBeReassigned, reassign } from './lost-workers';
import { mayBeRestarted, restart, restartFor } from './restart';
import { incidentOf, type Scene } from './scene';
import { end } from './stories';

/** A manager that was restarted while it let go has nothing under way whose end would call for the next. */
const LOOK_AGAIN_MS = 1000;

/** Everything that is due now. */
export function recoveriesDue(scene: Scene): void {
  const { incident, nowMs } = scene;
  if (incident !== null && incident.releaseAtMs <= nowMs)
    scene.facts.push({ kind: 'incident.ended', incident: { ...incident, endedAtMs: nowMs } });
  else if (incident === null) release(scene);
  for (const { subject, finding, untilMs } of scene.model.postponed.values()) {
    if (untilMs > nowMs) continue;
    scene.facts.push({ kind: 'finding.postponed', subject, finding, untilMs: null });
    const still = scene.model.findings.get(subject)?.get(finding);
    const { kind, action } = policyFor(finding, scene.settings);
    if (still !== undefined && action === 'restart') restartFor(scene, { subject, finding: still, kind });
  }
}

/** When the next of these falls due; null = nothing does. */
export function nextRecoveryMs(model: Model, nowMs: number): number | null {
  const due = [...model.postponed.values()].map(({ untilMs }) => untilMs);
  const incident = incidentOf(model);
  if (incident !== null) due.push(incident.releaseAtMs);
  // A recovery that never ends must not keep the others back for ever: its place is free when it no longer counts.
  else if (hasHeldStory(model))
    due.push(
      Math.min(...underWay(model, nowMs).map(({ countsUntilMs }) => countsUntilMs ?? nowMs), nowMs + LOOK_AGAIN_MS),
    );
  return due.length === 0 ? null : Math.min(...due);
}

/**
 * What was held back and has mended meanwhile ends without an act. Of the rest the first is acted on, while less than
 * `release_at_once` are under way; the fact of that comes back to `releaseAfter`, and the next one sees the model as
 * this one has left it: two must not be given the same idle worker.
 */
export function release(scene: Scene): void {
  if (scene.incident !== null) return;
  const isFree = underWay(scene.model, scene.nowMs).length < scene.settings.recovery.brake.releaseAtOnce;
  let first: (() => void) | null = null;
  for (const story of heldStories(scene.model)) {
    const act = actFor(scene, story);
    if (act === null) end(scene, story, 'completed', 'needless: it is no longer so');
    else first ??= act;
  }
  if (isFree) first?.();
}

/** A story of an incident has left its stage: was acted on, was refused, or has ended. There may be a place for the next. */
export function releaseAfter(scene: Scene, { recovery, was }: Extract<Fact, { kind: 'recovery.changed' }>): void {
  if (recovery.incident === null || was === null || was === recovery.stage) return;
  const isNeedless = was === 'detected' && recovery.stage === 'completed';
  if (!isNeedless) release(scene);
}

/** Null = there is nothing to do any more. */
function actFor(scene: Scene, story: Recovery): (() => void) | null {
  const { worker, process: name, trigger, kind } = story;
  const process = scene.model.processes.get(`${worker}/${name ?? ''}` as ProcessKey);
  if (process === undefined) return null;
  if (kind === 'worker-lost') {
    const isLost = scene.model.workers.get(worker)?.presence.kind === 'lost';
    return isLost && mayBeReassigned(scene, process) ? () => reassign(scene, process, story) : null;
  }
  const finding = trigger === null ? undefined : scene.model.findings.get(trigger.subject)?.get(trigger.finding);
  if (trigger === null || finding === undefined || !mayBeRestarted(scene, process)) return null;
  return () => restart(scene, process, { subject: trigger.subject, finding, kind }, story);
}

/** Asked with every turn. */
function hasHeldStory(model: Model): boolean {
  for (const { isHeld } of model.recoveries.values()) if (isHeld) return true;
  return false;
}

const heldStories = (model: Model): Recovery[] => [...model.recoveries.values()].filter(({ isHeld }) => isHeld);

const underWay = (model: Model, nowMs: number): Recovery[] =>
  [...model.recoveries.values()].filter(
    ({ endedAtMs, incident, waitsFor, countsUntilMs }) =>
      endedAtMs === null && incident !== null && waitsFor.length > 0 && (countsUntilMs ?? 0) > nowMs,
  );
