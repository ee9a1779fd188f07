/** Asks the manager to verify the whole chain, and shows what it found. */
import { useState } from 'react';
import type { AuditVerdict } from '../../../../protocol/audit';
import { verifyAudit } from '../../link/audit';
import { Dialog } from '../../parts/dialog';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';

/** Of a chain that is broken in many places the first ones tell enough. */
const PLACES_SHOWN = 50;

export function AuditVerdictLine() {
  const { audit, keys } = useWords();
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const doing = useDoing();
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={doing.busy}
        aria-busy={doing.busy}
        onClick={() => void doing.run(async () => setVerdict(await verifyAudit()))}
      >
        <Icon name="shield" />
        {doing.busy ? audit.verifying : audit.verify}
      </button>
      <Problem why={doing.problem} />
      {verdict !== null && (
        <Dialog title={audit.verify} onClose={() => setVerdict(null)} danger={!verdict.valid}>
          <p className={verdict.valid ? 'verdict' : 'confirm-danger'} role="status">
            {verdict.valid && <Icon name="check" />}
            {verdict.valid ? audit.valid(verdict.entries_checked) : audit.broken(verdict.broken_links.length)}
          </p>
          {!verdict.valid && (
            <ul className="confirm-list key-list" tabIndex={0}>
              {verdict.broken_links.slice(0, PLACES_SHOWN).map(({ id, what }) => (
                <li key={id}>{audit.brokenAt(id, what)}</li>
              ))}
            </ul>
          )}
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={() => setVerdict(null)} data-first>
              {keys.dismiss}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
