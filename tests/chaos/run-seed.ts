/** One seed: its schedule is performed on a stage of its own, and judged. */
import { until } from '../harness/until';
import { World } from '../harness/world';
import { setTimeout as pause } from 'node:timers/promises';
import { Claims } from './oracle/claims';
import { JobJudge } from './oracle/judge-jobs';
import { Judge } from './oracle/judge';
import { watchForStarvation } from './oracle/starvation';
import { Verdict } from './oracle/verdict';
import { deedInWords } from './plan/deeds';
import type { Schedule } from './plan/schedule';
import { whyNoFakeClock } from './stage/fake-clock';
import { JobCrowd } from './stage/job-crowd';
import { Operator } from './stage/operator';
import { Performance } from './stage/perform';
import type { ProgramFiles } from './stage/program-files';
import { whyNoSmallDisks } from './stage/small-disk';
import { Stage } from './stage/stage';

/** Programs that may be on their way back when the next fault comes. */
const ABSENT_MAX = 1;

export interface Outcome {
  readonly verdict: Verdict;
  /** Deeds done, by kind. */
  readonly deeds: ReadonlyMap<string, number>;
  /** When each deed really happened, a line each. */
  readonly chronicle: readonly string[];
  /** Worth knowing of a seed that held, a line each. */
  readonly figures: readonly string[];
  /** What our programs printed. */
  readonly outputs: string;
  readonly tookMs: number;
}

/** Why this machine cannot perform it; null = it can. */
export const whyNotPerformed = ({ setting }: Schedule): string | null =>
  (setting.diskMb === null ? null : whyNoSmallDisks()) ?? (setting.fakeClock ? whyNoFakeClock() : null);

export async function runSeed(schedule: Schedule, files: ProgramFiles): Promise<Outcome> {
  const startedAt = performance.now();
  const elapsedMs = () => Math.round(performance.now() - startedAt);
  const world = new World();
  const stage = new Stage(schedule, world, files);
  const verdict = new Verdict();
  const deeds = new Map<string, number>();
  const chronicle: string[] = [];
  const figures: string[] = [];
  let unwatch = (): void => undefined;
  try {
    await stage.open();
    const claims = new Claims(stage, new Operator(stage.url), verdict);
    unwatch = watchForStarvation(stage, claims);
    const show = new Performance(stage, claims);
    await everyoneOnStage(schedule, claims);
    const crowd = new JobCrowd(stage);
    const submitted = crowd.work();
    submitted.catch(() => undefined); // it is waited for below
    let beganAt = performance.now();
    for (const { atMs, deed } of schedule.acts) {
      await pause(Math.max(0, beganAt + atMs - performance.now()));
      if (schedule.jobs.length > 0) {
        if ((await crowd.open().catch(() => 1)) === 0) break; // nobody left to disturb
        // On a busy machine faults wait for what they ended to be back: else there is nothing but beginnings.
        const isLateAt = performance.now();
        await show.untilBack(ABSENT_MAX);
        beganAt += performance.now() - isLateAt;
      }
      chronicle.push(`${elapsedMs()} ms  ${deedInWords(deed)}`);
      deeds.set(deed.kind, (deeds.get(deed.kind) ?? 0) + 1);
      await show.perform(deed);
    }
    await show.setRight();
    chronicle.push(`${elapsedMs()} ms  everything set right`);
    await submitted;
    if (schedule.jobs.length > 0) figures.push(...(await new JobJudge(stage, crowd, claims, verdict).judge()));
    await new Judge(stage, claims, verdict).judge();
    chronicle.push(
      ...claims.operator.orders.map(
        ({ key, verb, answer, askedAtMs, answeredAtMs }) =>
          `    ${key} ${verb}: ${answer?.kind} after ${(answeredAtMs ?? 0) - askedAtMs} ms ${answer !== null && 'message' in answer ? answer.message : ''}`,
      ),
      `${elapsedMs()} ms  judged`,
    );
  } catch (error) {
    verdict.check(
      'what is wanted comes to be so',
      false,
      () => `the seed could not be played to its end: ${(error as Error).stack}`,
    );
  } finally {
    unwatch();
    await stage.close();
    await world.end().catch((error: Error) => verdict.check('nothing is left behind', false, () => error.message));
  }
  return { verdict, deeds, chronicle, figures, outputs: stage.outputs, tookMs: elapsedMs() };
}

/** Trouble begins when every process has lived and the manager knows it. */
function everyoneOnStage({ cast }: Schedule, claims: Claims): Promise<boolean> {
  return until('everyone to be on the stage', 90_000, async () => {
    const views = await Promise.all(cast.workers.map((worker) => claims.operator.processes(worker).catch(() => [])));
    const known = views.flat().length;
    return known >= cast.parts.length && cast.parts.every((part) => claims.livesOf(part).length > 0);
  });
}
