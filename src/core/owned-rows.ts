/** Rows by id, and by the worker they belong to: the fleet is large, what one worker has is small. */
import type { WorkerId } from '../../protocol/ids';

export class OwnedRows<Id, Row extends { readonly worker: WorkerId }> extends Map<Id, Row> {
  private readonly owned = new Map<WorkerId, Map<Id, Row>>();

  /** In the order in which they came. */
  of(worker: WorkerId): Iterable<Row> {
    return this.owned.get(worker)?.values() ?? [];
  }

  countOf(worker: WorkerId): number {
    return this.owned.get(worker)?.size ?? 0;
  }

  override set(id: Id, row: Row): this {
    const earlier = this.get(id);
    if (earlier !== undefined && earlier.worker !== row.worker) this.delete(id);
    let own = this.owned.get(row.worker);
    if (own === undefined) this.owned.set(row.worker, (own = new Map<Id, Row>()));
    own.set(id, row);
    return super.set(id, row);
  }

  override delete(id: Id): boolean {
    const row = this.get(id);
    if (row === undefined) return false;
    const own = this.owned.get(row.worker);
    own?.delete(id);
    if (own?.size === 0) this.owned.delete(row.worker);
    return super.delete(id);
  }
}
