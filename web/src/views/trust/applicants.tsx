/** Launchers that nobody vouches for yet. The fingerprint is what people compare, so it is the largest thing here. */
import { useState } from 'react';
import type { ApplicantView } from '../../../../protocol/trust-http';
import { Age } from '../../parts/age';
import { CopyButton } from '../../parts/copy-button';
import { Fact } from '../../parts/fact';
import { Icon } from '../../parts/icon';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { labelsText } from '../../state/labels';
import { ApproveDialog, RejectDialog } from './applicant-dialogs';

interface Asked {
  readonly kind: 'approve' | 'reject';
  readonly applicant: ApplicantView;
}

export function Applicants() {
  const { approvals } = useWords();
  const applicants = useFleet((fleet) => fleet.applicants);
  const [asked, setAsked] = useState<Asked | null>(null);
  const pending = applicants.filter(({ state }) => state === 'pending');
  const rejected = applicants.filter(({ state }) => state === 'rejected');
  const close = () => setAsked(null);
  // Approved by somebody else meanwhile: there is nothing left to ask.
  const isThere = applicants.some(({ fingerprint }) => fingerprint === asked?.applicant.fingerprint);
  return (
    <>
      {pending.length > 0 && (
        <section className="applicants" aria-label={approvals.title}>
          <h2>{approvals.title}</h2>
          <p className="hint">{approvals.lead}</p>
          <ul>
            {pending.map((applicant) => (
              <Card key={applicant.fingerprint} applicant={applicant} onAsk={setAsked} />
            ))}
          </ul>
        </section>
      )}
      {rejected.length > 0 && (
        <details className="applicants-rejected">
          <summary>{approvals.rejectedTitle(rejected.length)}</summary>
          <p className="hint">{approvals.rejectedLead}</p>
          <ul>
            {rejected.map((applicant) => (
              <Card key={applicant.fingerprint} applicant={applicant} onAsk={setAsked} />
            ))}
          </ul>
        </details>
      )}
      {asked?.kind === 'approve' && isThere && <ApproveDialog applicant={asked.applicant} onClose={close} />}
      {asked?.kind === 'reject' && isThere && <RejectDialog applicant={asked.applicant} onClose={close} />}
    </>
  );
}

function Card({ applicant, onAsk }: { applicant: ApplicantView; onAsk: (asked: Asked) => void }) {
  const { approvals, workers } = useWords();
  const { worker_id: id, fingerprint, state } = applicant;
  const labels = labelsText(applicant.labels);
  return (
    <li className="applicant" data-state={state} aria-label={id}>
      <div className="applicant-who">
        <strong>{id}</strong>
        <p className="applicant-print">
          <span className="off-screen">{workers.fingerprint} </span>
          <code>{fingerprint}</code>
          <CopyButton text={fingerprint} label={approvals.fingerprint} plain />
        </p>
      </div>
      <dl className="facts">
        <Fact label={approvals.host}>{applicant.hostname}</Fact>
        <Fact label={approvals.from}>{applicant.from}</Fact>
        <Fact label={approvals.version}>{applicant.version}</Fact>
        <Fact label={approvals.since}>
          <Age sinceMs={applicant.first_seen_ms} />
        </Fact>
        {labels !== '' && <Fact label={approvals.labels}>{labels}</Fact>}
      </dl>
      <div className="applicant-buttons">
        {state === 'pending' && (
          <button type="button" className="button danger-quiet" onClick={() => onAsk({ kind: 'reject', applicant })}>
            {approvals.reject}
          </button>
        )}
        <button type="button" className="button primary" onClick={() => onAsk({ kind: 'approve', applicant })}>
          <Icon name="check" />
          {approvals.approve}
        </button>
      </div>
    </li>
  );
}
