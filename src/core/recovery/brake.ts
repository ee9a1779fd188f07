/**
 * The brake of the whole fleet. Each process has its budget, but forty that die together have forty budgets: a switch,
 * a full disk server, a bad release. Many failures at once are therefore one incident, and while it goes on
 * FailureHandler restarts and reassigns nothing. Launchers go on restarting what is theirs: each has its own delays
 * and budget, and an order not to would have to travel through the very network that may be what failed.
 *
 * It begins when within `window` at least `failures` different processes and workers failed, and these are at least
 * `share` of the running processes or of the workers. It ends after `hold` without a new failure (release.ts). A
 * failure of one that failed before prolongs it only while the burst itself goes on: one crash loop must not hold the
 * brake of all.
 */
import type { ProcessKey, WorkerId } from '../../../protocol/ids';
import type { Fact } from '../facts';
import { isAlive, type Incident, type Model } from '../model';
import { policyFor } from './policies';
import type { Scene } from './scene';
import { advance, subjectOf } from './stories';

/**
 * Counts the failure that the fact is, if it is one. The fact of the incident is given to the caller, who lets it
 * happen last: stories begun in the same reaction are then there to be taken into it.
 */
export function noticeFailure(scene: Scene, fact: Fact): Fact | null {
  const subject = failedIn(scene, fact);
  if (subject === null) return null;
  const { nowMs, incident } = scene;
  const { windowMs, holdMs, failures } = scene.settings.recovery.brake;
  const recent = noted(scene.model.failures, subject, nowMs, windowMs);
  if (incident === null) {
    const why = burstIn(scene);
    if (why === null) return null;
    const subjects = [...recent.keys()];
    const id = `i${++scene.model.commandOrder}`;
    const began: Incident = { id, beganAtMs: nowMs, endedAtMs: null, why, subjects, releaseAtMs: nowMs + holdMs };
    scene.incident = began;
    return { kind: 'incident.began', incident: began };
  }
  const isKnown = incident.subjects.includes(subject);
  if (isKnown && recent.size < failures) return null;
  const subjects = isKnown ? incident.subjects : [...incident.subjects, subject];
  scene.incident = { ...incident, subjects, releaseAtMs: nowMs + holdMs };
  return { kind: 'incident.grew', incident: scene.incident };
}

/** Stories that led to the incident are part of it. */
export function takeStoriesIn(scene: Scene, incident: Incident): void {
  const sinceMs = incident.beganAtMs - scene.settings.recovery.brake.windowMs;
  const subjects = new Set(incident.subjects);
  for (const story of scene.model.recoveries.values())
    if (story.incident === null && story.beganAtMs >= sinceMs && subjects.has(subjectOf(story)))
      advance(scene, story, { incident: incident.id });
}

/** Which process or worker failed by this fact; null = it tells no failure. */
function failedIn({ settings }: Scene, fact: Fact): string | null {
  switch (fact.kind) {
    case 'process.reported': {
      const { kind } = fact.report.state;
      const isNews = kind !== fact.was && fact.was !== '';
      return isNews && (kind === 'backoff' || kind === 'failed') ? fact.key : null;
    }
    case 'process.plain-reported':
      return fact.report.status === 'failed' && fact.was !== 'failed' ? fact.key : null;
    case 'worker.presence':
      return fact.presence.kind === 'lost' ? fact.id : null;
    case 'finding.raised':
      return policyFor(fact.finding.kind, settings).action === 'restart' ? fact.subject : null;
    default:
      return null;
  }
}

/** Memory alone, and no fact: it is as old as the window at most (model.ts). */
function noted(failures: Map<string, number>, subject: string, nowMs: number, windowMs: number): Map<string, number> {
  failures.delete(subject);
  failures.set(subject, nowMs);
  for (const [old, atMs] of failures) {
    if (atMs > nowMs - windowMs) break;
    failures.delete(old);
  }
  return failures;
}

/** Why this is an incident; null = it is none. */
function burstIn({ model, settings }: Scene): string | null {
  const { failures, share, windowMs } = settings.recovery.brake;
  const workers = workersIn(model);
  const processes = [...model.failures.keys()].filter((subject) => subject.includes('/'));
  if (workers.failing + processes.length < failures) return null;
  const within = `within ${windowMs / 1000} s`;
  if (workers.failing >= share * model.workers.size && workers.lost > 0)
    return `${workers.failing} of ${model.workers.size} workers were lost or fell silent ${within}`;
  const running = runningIn(model, processes);
  if (processes.length > 0 && processes.length >= share * running)
    return `${processes.length} of ${running} running processes failed ${within}`;
  return null;
}

/** A worker that is silent when another is lost is counted with it: of a dead switch's workers one is always the first. */
function workersIn(model: Model): { lost: number; failing: number } {
  const lost = [...model.failures.keys()].filter((subject) => model.workers.has(subject as WorkerId)).length;
  let stale = 0;
  if (lost > 0) for (const { presence } of model.workers.values()) stale += Number(presence.kind === 'stale');
  return { lost, failing: lost + stale };
}

/** Running now, or running until they failed. */
function runningIn(model: Model, failed: readonly string[]): number {
  let running = 0;
  for (const process of model.processes.values()) running += Number(isAlive(process));
  const down = failed.filter((key) => {
    const process = model.processes.get(key as ProcessKey);
    return process !== undefined && !isAlive(process);
  });
  return running + down.length;
}
