/** What may never be, looked at after every step of a simulated history. The first thing that was so ends the history. */
import type { Exit } from '../../protocol/exit';
import type { RunId } from '../../protocol/ids';
import type { Supervised } from '../../launcher/core/supervisor-state';
import type { Step, SupervisorEvent } from '../../launcher/core/supervisor-words';
import type { Kernel } from './kernel';

export class BrokenPromise extends Error {}

export class Promises {
  readonly #kernels = new Map<string, Kernel>();
  readonly #recorded = new Map<RunId, Exit>();
  /** Restarts by the policy since a person last had a say, by process. */
  readonly #restarts = new Map<string, number[]>();
  checks = 0;

  watch(worker: string, kernel: Kernel): void {
    this.#kernels.set(worker, kernel);
  }

  hold(holds: boolean, what: () => string): void {
    this.checks += 1;
    if (!holds) throw new BrokenPromise(what());
  }

  /** A turn of a supervisor, before anything of it is done. */
  stepped(worker: string, before: Supervised, event: SupervisorEvent, { process: after, effects }: Step): void {
    const kernel = this.#kernels.get(worker);
    const name = before.spec.name;
    const key = `${worker}/${name}`;
    const living = kernel?.livingOf(name) ?? [];
    const who = () =>
      living.map(({ run, leaderLives, others }) => `${run} (leader ${leaderLives}, others ${others})`).join(', ');
    for (const effect of effects) {
      if (effect.kind === 'spawn') {
        this.hold(
          living.length === 0,
          () => `two copies: ${key} spawns ${effect.run} on ${event.kind} while ${who()} lives`,
        );
        this.hold(after.disabled === null, () => `${key} spawns ${effect.run} though it is disabled`);
        this.hold(
          after.desired === 'running',
          () => `${key} spawns ${effect.run} on ${event.kind} though it is to be stopped`,
        );
        this.#countRestart(key, before, event);
      }
      if (effect.kind === 'answer' && effect.result.ok && effect.result.message.startsWith('stopped'))
        this.hold(living.length === 0, () => `${key} answers "${effect.result.message}" while ${who()} lives`);
    }
    if (['start', 'stop', 'restart', 'kill', 'disable', 'enable'].includes(event.kind)) this.#restarts.delete(key);
  }

  /** No life of a simulated history is long enough to be a healthy one without `time` saying so. */
  #countRestart(key: string, before: Supervised, event: SupervisorEvent): void {
    if (before.state.kind !== 'backoff' || event.kind !== 'timerDue') return;
    const { windowMs, maxRestarts } = before.spec.restart;
    const atMs = before.state.restartAtMs;
    const counted = [...(this.#restarts.get(key) ?? []), atMs].filter((at) => at > atMs - windowMs);
    this.#restarts.set(key, counted);
    this.hold(
      counted.length <= maxRestarts,
      () => `${key} restarts ${counted.length} times within its window; ${maxRestarts} are allowed`,
    );
  }

  healthyLife(key: string): void {
    this.#restarts.delete(key);
  }

  /** The manager commits the end of a run. */
  recorded(worker: string, run: RunId, exit: Exit): void {
    const truth = this.#kernels.get(worker)?.exitOnDisk(run);
    this.hold(!this.#recorded.has(run), () => `the end of ${run} is recorded twice`);
    this.#recorded.set(run, exit);
    this.hold(
      exit.exitCode === truth?.exitCode && exit.signal === truth.signal && exit.source === truth.source,
      () => `the end of ${run} is recorded as ${JSON.stringify(exit)}; it was ${JSON.stringify(truth)}`,
    );
  }

  isRecorded(run: RunId): boolean {
    return this.#recorded.has(run);
  }
}
