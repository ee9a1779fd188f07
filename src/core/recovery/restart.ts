/** The action *restart*: for a finding, of the run that the finding is about, within the budget. */
import type { ProcessKey, ProcessName, WorkerId } from '../../../protocol/ids';
import {
  livingRun,
  processesOf,
  type Finding,
  type Model,
  type Process,
  type Recovery,
  type RecoveryKind,
} from '../model';
import { disabledOf } from '../processes/disabled';
import { issue } from '../processes/issue';
import { budgetOf, spentText } from './budget';
import { BY, FAILURE_HANDLER, type Scene } from './scene';
import { advance, begin, openStories } from './stories';

export interface Trouble {
  /** `worker` or `worker/process`. */
  readonly subject: string;
  readonly finding: Finding;
  readonly kind: RecoveryKind;
}

/** A machine under pressure has its hungriest process restarted; a process's own finding restarts that process. */
export function restartFor(scene: Scene, trouble: Trouble): void {
  const { model } = scene;
  const process = model.processes.get(trouble.subject as ProcessKey) ?? hungriest(model, trouble.subject as WorkerId);
  if (process === undefined || !mayBeRestarted(scene, process)) return;
  const open = openStories(model, process);
  // Somebody acts already, or it is held back already; one wound, one bandage.
  if (open.some(({ actor, isHeld, kind }) => actor !== null || (isHeld && kind === trouble.kind))) return;
  if (scene.incident !== null) hold(scene, process, trouble);
  else restart(scene, process, trouble, null);
}

/** The restart itself, also of a story that was held back. A spent budget is said once, and looked at again when it may act. */
export function restart(scene: Scene, process: Process, trouble: Trouble, held: Recovery | null): void {
  const { settings, nowMs } = scene;
  const budget = budgetOf(scene, process, trouble.kind);
  const story = storyOf(process, trouble);
  const numbers = { attempt: budget.attempt, attemptsMax: budget.max };
  if (budget.isSpent) {
    const refused = {
      ...numbers,
      stage: 'failed' as const,
      decided: 'not restarted: the budget is spent',
      did: 'nothing',
      result: spentText(budget, settings.recovery.windowMs),
    };
    if (held !== null) advance(scene, held, { ...refused, endedAtMs: nowMs, isHeld: false });
    else if (!budget.isSaid) begin(scene, { ...story, ...refused, actor: null });
    postpone(scene, trouble, budget.againAtMs);
    return;
  }
  const { command, effects } = issue(scene.model, scene.facts, nowMs, {
    worker: process.worker,
    process: process.name,
    by: FAILURE_HANDLER,
    why: trouble.finding.message,
    payload: { kind: 'control', process: process.name, verb: 'restart', onlyRun: livingRun(process) },
  });
  scene.effects.push(...effects);
  const acts = {
    ...numbers,
    stage: 'restarting' as const,
    decided: `restarted: attempt ${budget.attempt} of ${budget.max}`,
    did: effects.length > 0 ? 'restart sent' : 'restart queued: its worker takes it when it can',
    actor: BY,
    waitsFor: [command.id],
    countsUntilMs: nowMs + settings.recovery.windowMs,
  } as const;
  if (held === null) begin(scene, { ...story, ...acts });
  else advance(scene, held, { ...acts, isHeld: false });
}

function hold(scene: Scene, process: Process, trouble: Trouble): void {
  begin(scene, {
    ...storyOf(process, trouble),
    stage: 'detected',
    decided: `held back: incident ${scene.incident?.id ?? ''} goes on`,
    did: 'nothing yet',
    actor: null,
    isHeld: true,
  });
}

const storyOf = (process: Process, { subject, finding, kind }: Trouble) => ({
  worker: process.worker,
  process: process.name,
  kind,
  found: finding.message,
  trigger: { subject, finding: finding.kind },
});

function postpone({ facts }: Scene, { subject, finding }: Trouble, untilMs: number | null): void {
  if (untilMs !== null) facts.push({ kind: 'finding.postponed', subject, finding: finding.kind, untilMs });
}

/** It is wanted, nobody has forbidden it, and something of it runs (of a plain client nobody can say). */
export function mayBeRestarted({ model, nowMs }: Scene, process: Process): boolean {
  if (process.desired === 'stopped' || process.supersededBy !== null) return false;
  if (disabledOf(model, process, nowMs) !== null) return false;
  return process.actual.via !== 'launcher' || livingRun(process) !== null;
}

function hungriest(model: Model, worker: WorkerId): Process | undefined {
  const usage = model.contacts.get(worker)?.usage;
  const rss = (name: ProcessName) => usage?.get(name)?.rssBytes ?? 0;
  return processesOf(model, worker)
    .filter(({ actual }) => actual.via === 'launcher' && actual.report.state.kind === 'running')
    .sort((a, b) => rss(b.name) - rss(a.name))[0];
}
