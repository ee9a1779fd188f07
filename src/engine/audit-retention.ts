/** Old entries of the audit go at the start and once a day, a piece at a time, so that a turn never waits for a purge. */
import type { AuditRules, AuditTrail } from './audit-port';
import type { Clock, Journal } from './ports';

const DAY_MS = 86_400_000;
/** Some tens of milliseconds. */
const PIECE_ENTRIES = 2_000;

/** @returns to be called before the ledger is closed */
export function retainAudit(
  audit: Pick<AuditTrail, 'purge'>,
  rules: AuditRules,
  { clock, journal }: { readonly clock: Clock; readonly journal: Journal },
): () => void {
  let next: NodeJS.Immediate | null = null;
  const goOn = (): void => {
    next = null;
    try {
      const { gone, broken } = audit.purge(rules, clock.nowMs(), PIECE_ENTRIES);
      if (broken !== null)
        journal.error(
          `the audit does not hold: ${broken}. No entry is purged from there on; procguard audit verify says more`,
        );
      else if (gone > 0) next = setImmediate(goOn);
    } catch (error) {
      journal.error(`old entries of the audit could not be purged, and stay: ${String((error as Error).message)}`);
    }
  };
  goOn();
  const daily = setInterval(goOn, DAY_MS);
  return () => {
    clearInterval(daily);
    if (next !== null) clearImmediate(next);
  };
}
