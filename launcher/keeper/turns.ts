/** Takes a process's turns: what the supervisor reads of the world is read once for each, and a due timer belongs to its turn. */
import type { RunId } from '../../protocol/ids';
import { step } from '../core/supervisor';
import { nextTimerMs, type Supervised } from '../core/supervisor-state';
import type { Step, SupervisorEvent, Turn } from '../core/supervisor-words';
import { RunIds } from './run-ids';
import type { KeeperSurroundings } from './surroundings';

export class Turns {
  readonly #ids = new RunIds();

  constructor(private readonly around: Pick<KeeperSurroundings, 'clock' | 'unmet' | 'isEnding'>) {}

  /** Every run from now on is younger than this one. */
  seen(run: RunId): void {
    this.#ids.seen(run);
  }

  /** A timer that is due at once (a restart without delay) is part of it: one record instead of two. */
  take(process: Supervised, event: SupervisorEvent): Step {
    let all = step(process, event, this.#turn(process));
    for (;;) {
      const turn = this.#turn(all.process);
      const dueMs = nextTimerMs(all.process);
      if (dueMs === null || dueMs > turn.nowMs) break;
      const next = step(all.process, { kind: 'timerDue' }, turn);
      all = { process: next.process, effects: [...all.effects, ...next.effects] };
    }
    for (const effect of all.effects) if (effect.kind === 'spawn') this.seen(effect.run);
    return all;
  }

  #turn({ spec }: Supervised): Turn {
    const { clock, unmet, isEnding } = this.around;
    const ids = this.#ids;
    const nowMs = clock.now();
    return {
      nowMs,
      random: Math.random(),
      get nextRun() {
        return ids.next(nowMs); // minted only where a run is born
      },
      get unmet() {
        return unmet(spec); // asked only where one would be
      },
      isEnding: isEnding(),
    };
  }
}
