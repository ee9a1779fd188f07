/**
 * FailureHandler: what to do about what was found, within limits, each time with a story.
 *
 * Restarts of one process belong to its launcher; here they are told (launchers-own.ts). What one launcher cannot
 * handle is decided here: a finding by its policy (policies.ts, restart.ts), a lost worker (lost-workers.ts), one
 * failure that is to stop all (stop-all.ts). Every own act counts against a budget (budget.ts), and many failures at
 * once put a brake on all of them (brake.ts, release.ts).
 *
 * It reacts to facts, and is asked after each one is applied. What is disabled, waits for others or runs elsewhere is
 * left alone.
 */
import type { CommandId } from '../../../protocol/ids';
import type { CommandResult } from '../../../protocol/link';
import type { Effect } from '../commands';
import type { Fact } from '../facts';
import type { Model, Recovery } from '../model';
import type { CoreSettings } from '../settings';
import { noticeFailure, takeStoriesIn } from './brake';
import { tellLaunchersOwn } from './launchers-own';
import { workerBack, workerLost } from './lost-workers';
import { policyFor } from './policies';
import { release, releaseAfter } from './release';
import { restartFor } from './restart';
import { sceneOf, type Scene } from './scene';
import { stopAll } from './stop-all';
import { advance, begin, end, openStoriesOf, openStoriesOn } from './stories';

export interface Reaction {
  readonly facts: readonly Fact[];
  readonly effects: readonly Effect[];
}

export function react(model: Model, fact: Fact, settings: CoreSettings, nowMs: number): Reaction {
  const scene = sceneOf(model, settings, nowMs);
  const incident = noticeFailure(scene, fact);
  act(scene, fact);
  if (incident !== null) scene.facts.push(incident);
  return scene;
}

function act(scene: Scene, fact: Fact): void {
  switch (fact.kind) {
    case 'process.reported': {
      const failed = tellLaunchersOwn(scene, fact);
      const { enabled, stopAllOnFailure } = scene.settings.recovery;
      if (failed !== null && enabled && stopAllOnFailure) stopAll(scene, failed, fact.report.state.why);
      return;
    }
    case 'worker.presence':
      if (fact.presence.kind === 'lost') workerLost(scene, fact.id);
      if (fact.presence.kind === 'present') workerBack(scene, fact.id);
      return;
    case 'finding.raised':
      return answerFinding(scene, fact);
    case 'finding.cleared':
      return endTold(scene, fact);
    case 'command.done':
      return commandDone(scene, fact.command.id, fact.result);
    case 'recovery.changed':
      lookAgainAfter(scene, fact.recovery);
      return releaseAfter(scene, fact);
    case 'incident.began':
      return takeStoriesIn(scene, fact.incident);
    case 'incident.ended':
      return release(scene);
    case 'worker.removed':
      return forsake(scene, openStoriesOn(scene.model, fact.id), `worker ${fact.id} was removed: ${fact.why}`);
    case 'process.removed':
      return forsake(scene, openStoriesOf(scene.model, fact.key), `it was removed: ${fact.why}`);
    default:
  }
}

/**
 * It was acted on, and it is still so, or so again: a finding is raised once, and while somebody acted it was not
 * answered. It is looked at again a sample later, within the budget as ever.
 */
function lookAgainAfter({ model, settings, nowMs, facts }: Scene, story: Recovery): void {
  const { trigger, actor, endedAtMs, process } = story;
  // A machine short of memory keeps its finding; one process was restarted for it, and that was all.
  if (endedAtMs === null || actor === null || trigger?.subject !== `${story.worker}/${process ?? ''}`) return;
  if (model.findings.get(trigger.subject)?.has(trigger.finding) !== true) return;
  facts.push({ kind: 'finding.postponed', ...trigger, untilMs: nowMs + settings.samplingIntervalMs });
}

/** What they were about is gone: nobody will tell their end. */
function forsake(scene: Scene, stories: readonly Recovery[], why: string): void {
  for (const story of stories) end(scene, story, 'failed', why);
}

function answerFinding(scene: Scene, { subject, finding }: Extract<Fact, { kind: 'finding.raised' }>): void {
  const { action, kind, decided } = policyFor(finding.kind, scene.settings);
  if (action === 'restart') return restartFor(scene, { subject, finding, kind });
  const process = scene.model.processes.get(subject as never);
  if (action !== 'tell' || process === undefined || hasStoryOf(scene, subject, finding.kind)) return;
  // Of a process that was given up the end is told with its report.
  if (process.actual.via === 'launcher' && process.actual.report.state.kind === 'failed') return;
  begin(scene, {
    worker: process.worker,
    process: process.name,
    kind,
    found: finding.message,
    stage: 'detected',
    decided,
    did: 'nothing',
    actor: null,
    trigger: { subject, finding: finding.kind },
  });
}

/** What was only told, or held back, ends with its finding; an act under way ends with its command. */
function endTold(scene: Scene, { subject, finding }: Extract<Fact, { kind: 'finding.cleared' }>): void {
  for (const story of storiesOf(scene, subject, finding.kind))
    if (story.actor === null) end(scene, story, 'completed', 'it is no longer so');
}

function commandDone(scene: Scene, id: CommandId, { ok, message, refusedBy }: CommandResult): void {
  for (const story of scene.model.recoveries.values()) {
    if (story.endedAtMs !== null || !story.waitsFor.includes(id)) continue;
    const waitsFor = story.waitsFor.filter((other) => other !== id);
    // Nobody acts: it is not looked at again, as after an act that failed.
    const actor = refusedBy === undefined ? story.actor : null;
    const mishaps = ok ? story.mishaps : [...story.mishaps, message];
    if (waitsFor.length > 0) advance(scene, story, { waitsFor, mishaps });
    else if (mishaps.length > 0) end(scene, { ...story, waitsFor, actor }, 'failed', mishaps.join('; '));
    else end(scene, { ...story, waitsFor }, 'completed', message);
  }
}

const storiesOf = (scene: Scene, subject: string, finding: string): Recovery[] =>
  [...scene.model.recoveries.values()].filter(
    ({ endedAtMs, trigger }) => endedAtMs === null && trigger?.subject === subject && trigger.finding === finding,
  );

const hasStoryOf = (scene: Scene, subject: string, finding: string): boolean =>
  storiesOf(scene, subject, finding).length > 0;
