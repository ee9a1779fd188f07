/** Process rows, and who depends on whom: asked on every report, so it is looked up and not searched for. */
import { dependencyKey, type DependsOn } from '../../protocol/dependencies';
import type { WorkerId } from '../../protocol/ids';
import { OwnedRows } from './owned-rows';

interface Dependent {
  readonly worker: WorkerId;
  readonly spec: { readonly dependsOn: DependsOn } | null;
}

export class DependentRows<Id extends string, Row extends Dependent> extends OwnedRows<Id, Row> {
  private readonly dependents = new Map<string, Set<Id>>();

  /** Of a process that is known or is not. */
  dependentsOf(key: string): Row[] {
    return [...(this.dependents.get(key) ?? [])].flatMap((id) => this.get(id) ?? []);
  }

  /** Every key that something depends on, known or not. */
  dependedOn(): Iterable<string> {
    return this.dependents.keys();
  }

  override set(id: Id, row: Row): this {
    const earlier = this.get(id)?.spec;
    super.set(id, row);
    // A report leaves the definition the very same object.
    if (earlier === row.spec) return this;
    this.unlink(id, row.worker, earlier);
    for (const key of targets(row)) this.dependents.set(key, (this.dependents.get(key) ?? new Set<Id>()).add(id));
    return this;
  }

  override delete(id: Id): boolean {
    const row = this.get(id);
    if (row !== undefined) this.unlink(id, row.worker, row.spec);
    return super.delete(id);
  }

  private unlink(id: Id, worker: WorkerId, spec: Dependent['spec'] | undefined): void {
    for (const key of targets({ worker, spec: spec ?? null })) {
      const own = this.dependents.get(key);
      own?.delete(id);
      if (own?.size === 0) this.dependents.delete(key);
    }
  }
}

const targets = ({ worker, spec }: Dependent): string[] =>
  Object.keys(spec?.dependsOn ?? {}).map((written) => dependencyKey(worker, written));
