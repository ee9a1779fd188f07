/**
 * How processes stand, as far as others here depend on them: those of this launcher as they change, those of other
 * workers as the manager tells. A change is told to whom it concerns, at once. Kept in memory: what a launcher has not
 * looked at, or was not told, since it began is not known, and holds back.
 */
import { unmet, type Standing, type Unmet } from '../../protocol/dependencies';
import { standingOf } from '../../protocol/standing';
import type { ProcessName } from '../../protocol/ids';
import type { StandingsMessage } from '../../protocol/link';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport } from '../../protocol/process-state';
import { dependenciesOf } from '../core/dependency-graph';

export class Standings {
  readonly #known = new Map<string, Standing>();
  /** Only processes that depend on something. */
  readonly #dependents = new Map<ProcessName, ReadonlySet<string>>();

  constructor(
    private readonly worker: string,
    private readonly changed: (dependent: ProcessName) => void,
  ) {}

  /** Conditions of this definition that do not hold now. */
  unmetOf = ({ dependsOn }: ProcessSpec): readonly Unmet[] =>
    unmet(this.worker, dependsOn, (key) => this.#known.get(key));

  /** From now on the process hears of all it depends on; said again after its definition changed. */
  follow(spec: ProcessSpec): void {
    const keys = dependenciesOf(this.worker, spec);
    if (keys.length === 0) this.#dependents.delete(spec.name);
    else this.#dependents.set(spec.name, new Set(keys));
  }

  /** One of our own changed, or was adopted. */
  own(process: ProcessName, report: ProcessReport): void {
    this.#tell(`${this.worker}/${process}`, standingOf(report));
  }

  /** One of our own is no longer kept here. */
  forget(process: ProcessName): void {
    const key = `${this.worker}/${process}`;
    this.#dependents.delete(process);
    if (this.#known.delete(key)) this.#spread(key);
  }

  /** The manager's word. About our own processes we know better. */
  told({ standings }: StandingsMessage): void {
    for (const [key, standing] of Object.entries(standings))
      if (!key.startsWith(`${this.worker}/`)) this.#tell(key, standing);
  }

  #tell(key: string, standing: Standing): void {
    const before = this.#known.get(key);
    this.#known.set(key, standing);
    if (before === undefined || !isSame(before, standing)) this.#spread(key);
  }

  #spread(key: string): void {
    for (const [dependent, keys] of [...this.#dependents]) if (keys.has(key)) this.changed(dependent);
  }
}

const isSame = (a: Standing, b: Standing): boolean =>
  a.started === b.started && a.ready === b.ready && a.completed === b.completed && a.is === b.is;
