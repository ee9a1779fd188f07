/**
 * Secrets of a process's record: sealed on the disk with a key of this data directory, so that a copy of the record, a
 * support bundle or a grep shows none.
 */
import type { ProcessSpec } from '../../protocol/process-spec';
import { isToBeSealed, withSecretsOpened, withSecretsSealed, type Sealer } from '../../protocol/sealed-env';
import type { ProcessRecord } from './process-record';

export class RecordSeal {
  /** A record is written at each change of its state, and its definition hardly ever changes. */
  readonly #sealed = new WeakMap<ProcessSpec, ProcessSpec>();

  constructor(private readonly sealer: Sealer) {}

  down(record: ProcessRecord): ProcessRecord {
    const { spec } = record.supervised;
    let sealed = this.#sealed.get(spec);
    if (sealed === undefined) this.#sealed.set(spec, (sealed = withSecretsSealed(spec, this.sealer)));
    return withSpec(record, sealed);
  }

  up(stored: ProcessRecord): ProcessRecord {
    return withSpec(stored, withSecretsOpened(stored.supervised.spec, this.sealer));
  }

  /** It holds values as they are, or sealed with a key of before. */
  isToBeSealed(stored: ProcessRecord): boolean {
    return isToBeSealed(stored.supervised.spec, this.sealer);
  }
}

const withSpec = (record: ProcessRecord, spec: ProcessSpec): ProcessRecord =>
  spec === record.supervised.spec ? record : { ...record, supervised: { ...record.supervised, spec } };
