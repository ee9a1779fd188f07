/**
 * What stands between the model and a disk: rows go down with their secrets sealed and come up with them opened. What
 * cannot be opened comes up as it is, is never written over, and is named so that somebody can be told.
 */
import {
  isToBeSealed,
  unopened,
  withSecretsOpened,
  withSecretsSealed,
  type Sealer,
  type SecretHolder,
} from '../../../protocol/sealed-env';
import { withSecrets } from './row-secrets';

export class SealedRows {
  /** A report writes its process's row many times, and the same specification each time. */
  private readonly sealed = new WeakMap<SecretHolder, SecretHolder>();

  constructor(private readonly sealer: Sealer) {}

  down<Row>(table: string, row: Row): Row {
    return withSecrets(table, row, <T extends SecretHolder>(holder: T): T => {
      // Most jobs have no variables, and there are too many of them to remember each.
      if (Object.keys(holder.env).length === 0) return holder;
      const known = this.sealed.get(holder) as T | undefined;
      if (known !== undefined) return known;
      const sealed = withSecretsSealed(holder, this.sealer);
      this.sealed.set(holder, sealed);
      return sealed;
    });
  }

  up<Row>(table: string, row: Row): Row {
    return withSecrets(table, row, (holder) => withSecretsOpened(asOfNow(holder), this.sealer));
  }

  /** It holds values as they are, or sealed with a key of before. */
  isToBeSealed(table: string, stored: unknown): boolean {
    let found = false;
    withSecrets(table, stored, (holder) => {
      found ||= isToBeSealed(asOfNow(holder), this.sealer);
      return holder;
    });
    return found;
  }

  /** Names of the values in it that no key opens. */
  unopened(table: string, row: unknown): string[] {
    const names = new Set<string>();
    withSecrets(table, row, (holder) => {
      for (const name of unopened(holder)) names.add(name);
      return holder;
    });
    return [...names];
  }
}

/** Written before definitions could list secrets. */
const asOfNow = <T extends SecretHolder>(holder: T): T =>
  (holder as Partial<SecretHolder>).secrets === undefined ? { ...holder, secrets: [] } : holder;
