/** The rows of schedules, and when the nearest of them is due. Part of the model; changed by facts alone. */
import { nextAfter } from './calendar';
import { isSetBack } from './due';
import type { Schedule } from './rows';

export class Schedules {
  readonly #rows = new Map<string, Schedule>();
  /** By the wall's clock; those that are paused, or over, are not here. */
  readonly #nextMs = new Map<string, number>();
  #nearestMs: number | null = null;
  #isAnyOn = false;
  #version = 0;

  get all(): ReadonlyMap<string, Schedule> {
    return this.#rows;
  }
  /** Rises with each change, from the manager's start on. */
  get version(): number {
    return this.#version;
  }
  /** Null = nothing is planned. */
  get nearestMs(): number | null {
    return this.#nearestMs;
  }
  /** One that is over is on: a clock that is put right may make it begin again. */
  get isAnyOn(): boolean {
    return this.#isAnyOn;
  }
  get(name: string): Schedule | null {
    return this.#rows.get(name) ?? null;
  }
  /** Its next planned time; null = it is paused, or over. */
  nextMs(name: string): number | null {
    return this.#nextMs.get(name) ?? null;
  }

  set(schedule: Schedule): void {
    this.#rows.set(schedule.name, schedule);
    const nextMs = schedule.isEnabled ? nextAfter(schedule, schedule.decidedToMs) : null;
    if (nextMs === null) this.#nextMs.delete(schedule.name);
    else this.#nextMs.set(schedule.name, nextMs);
    this.#look();
  }

  remove(name: string): void {
    this.#rows.delete(name);
    this.#nextMs.delete(name);
    this.#look();
  }

  /** Those with something to decide, the longest due first. */
  due(wallMs: number): string[] {
    const sinceMs = ({ name, decidedToMs }: Schedule): number => this.#nextMs.get(name) ?? decidedToMs;
    return [...this.#rows.values()]
      .filter(
        (schedule) =>
          schedule.isEnabled && ((this.nextMs(schedule.name) ?? Infinity) <= wallMs || isSetBack(schedule, wallMs)),
      )
      .sort((a, b) => sinceMs(a) - sinceMs(b))
      .map(({ name }) => name);
  }

  #look(): void {
    this.#version += 1;
    this.#isAnyOn = [...this.#rows.values()].some(({ isEnabled }) => isEnabled);
    this.#nearestMs = this.#nextMs.size === 0 ? null : Math.min(...this.#nextMs.values());
  }
}
