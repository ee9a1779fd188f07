/** Jobs with a value that no key at hand opens: they wait for it, and nobody is given the sealed text for the value. */
import { isSealed, unopened } from '../../../protocol/sealed-env';
import { META_CONFIG, type Job } from './rows';

type Holder = Pick<Job, 'spec' | 'meta'>;

/** The name of one; null = there is none. Asked of every job that is looked at for a place. */
export function sealedIn({ spec, meta }: Holder): string | null {
  if (isSealed(meta[META_CONFIG] ?? '')) return META_CONFIG;
  return unopened(spec)[0] ?? null;
}

export const whySealed = (name: string): string =>
  `its ${name} cannot be opened: it was sealed with a secret key that this manager does not have; put that key back (docs/secrets.md)`;
