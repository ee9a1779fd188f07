/**
 * Restarts of one process belong to its launcher, because they must work through a network cut. Here they are only
 * told: each crash with its restart, and the giving up when the budget of the restart policy is spent.
 */
import { describeExit, type Exit } from '../../../protocol/exit';
import type { ProcessReport, ProcessState } from '../../../protocol/process-state';
import type { Fact } from '../facts';
import type { Process, RecoveryKind } from '../model';
import { span } from '../spans';
import type { Scene } from './scene';
import { begin, end, openStories } from './stories';

type State<K extends ProcessState['kind']> = Extract<ProcessState, { kind: K }>;

/** @returns the failure, when with this report its launcher has given the process up */
export function tellLaunchersOwn(scene: Scene, fact: Extract<Fact, { kind: 'process.reported' }>): Process | null {
  const { state } = fact.report;
  const process = scene.model.processes.get(fact.key);
  if (process === undefined || state.kind === fact.was) return null;
  const open = openStories(scene.model, process);
  const acting = open.find(({ actor }) => actor !== null) ?? null;
  const told = acting?.actor === 'launcher' ? acting : null;
  if (state.kind === 'backoff' && acting === null) tellRestart(scene, process, state);
  if (state.kind === 'running' && told !== null) {
    const after = span(scene.nowMs - told.beganAtMs);
    const story = { ...told, did: 'restarted by its launcher' };
    end(scene, story, 'completed', `running again after ${after}, pid ${state.identity.pid}`);
  }
  if (state.kind === 'stopped' || state.kind === 'exited')
    for (const story of open)
      if (story === told) end(scene, story, 'failed', `it is ${state.kind} now: ${state.why}`);
      else if (story.isHeld) end(scene, story, 'completed', `needless: it is ${state.kind} now: ${state.why}`);
  if (state.kind !== 'failed' || fact.was === '') return null;
  if (told !== null) end(scene, told, 'failed', state.why);
  else tellFailure(scene, process, state);
  if (isSpent(process, fact.report)) tellSpentLoop(scene, process, fact.report);
  return process;
}

function tellRestart(scene: Scene, process: Process, state: State<'backoff'>): void {
  const max = process.spec?.restart.maxRestarts ?? 0;
  const delay = span(state.restartAtMs - state.sinceMs);
  begin(scene, {
    ...aboutEnd(process, state.exit, state.why),
    stage: 'restarting',
    decided: `its launcher restarts it in ${delay}: restart ${state.attempt} of ${max}`,
    did: 'left to its launcher',
    actor: 'launcher',
    attempt: state.attempt,
    attemptsMax: max,
  });
}

function tellFailure(scene: Scene, process: Process, state: State<'failed'>): void {
  const max = process.spec?.restart.maxRestarts ?? 0;
  begin(scene, {
    ...aboutEnd(process, state.exit, state.why),
    stage: 'failed',
    decided: 'given up by its launcher',
    did: 'nothing',
    actor: 'launcher',
    result: state.why,
    attempt: max,
    attemptsMax: max,
  });
}

/** The loop was found before (monitor/crash-loop.ts), unless the budget is too small for a before. */
function tellSpentLoop(scene: Scene, process: Process, report: ProcessReport): void {
  const { why } = report.state;
  const result = `the budget is spent: ${why}. It stays down until somebody starts it`;
  const loop = openStories(scene.model, process).find(({ kind }) => kind === 'crash-loop');
  if (loop !== undefined) return end(scene, loop, 'failed', result);
  begin(scene, {
    worker: process.worker,
    process: process.name,
    kind: 'crash-loop',
    found: `crash loop: ${report.restartsCounted} restarts`,
    stage: 'failed',
    decided: 'given up by its launcher',
    did: 'nothing',
    actor: null,
    result,
    attempt: report.restartsCounted,
    attemptsMax: process.spec?.restart.maxRestarts ?? 0,
  });
}

const aboutEnd = (process: Process, exit: Exit | null, why: string) => ({
  worker: process.worker,
  process: process.name,
  kind: kindOfEnd(exit),
  found: foundOf(exit, why),
});

const kindOfEnd = (exit: Exit | null): RecoveryKind =>
  exit?.cause?.kind === 'probe' ? 'silence' : exit?.cause?.kind === 'oom' ? 'breach' : 'crash';

/** Nobody was born: the reason stands before what is decided, and the exit knows nothing. */
const foundOf = (exit: Exit | null, why: string): string =>
  exit === null || exit.source === 'unknown' ? why.replace(/; restart \d+ of \d+ in .*$/, '') : describeExit(exit);

/** True when the process failed because its restarts are used up, and not for another reason. */
export function isSpent({ spec }: Process, { state, restartsCounted }: ProcessReport): boolean {
  if (state.kind !== 'failed' || spec === null || state.exit === null) return false;
  const { when, maxRestarts } = spec.restart;
  const isGone = state.certificate === null || state.certificate.left.length === 0;
  return when !== 'never' && maxRestarts > 0 && restartsCounted >= maxRestarts && isGone;
}
