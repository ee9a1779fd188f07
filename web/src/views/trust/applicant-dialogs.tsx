/** Letting a machine in, or not. Both name it by what cannot be claimed: its fingerprint. */
import { useState } from 'react';
import type { ApplicantView } from '../../../../protocol/trust-http';
import { approve, reject } from '../../link/machines';
import { useApp } from '../../parts/app-context';
import { FormDialog } from '../../parts/form-dialog';
import { LabelsField } from '../../parts/labels-field';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { readLabels } from '../../state/labels';
import { ConfirmRemoval } from './confirm-removal';

interface Props {
  readonly applicant: ApplicantView;
  readonly onClose: () => void;
}

export function ApproveDialog({ applicant, onClose }: Props) {
  const { approvals } = useWords();
  const { commander } = useApp();
  // Empty: what the machine says of itself holds anyway, and here stands only what somebody vouches for.
  const [text, setText] = useState('');
  const doing = useDoing();
  const read = readLabels(text);
  const submit = async () => {
    if (!('labels' in read)) return;
    if (!(await doing.run(() => approve(applicant, read.labels)))) return;
    onClose();
    commander.say({ tone: 'ok', title: approvals.approved(applicant.worker_id), lines: [] });
  };
  return (
    <FormDialog
      title={approvals.approveTitle(applicant.worker_id)}
      lead={approvals.approveLead}
      button={approvals.approveButton}
      disabled={'bad' in read}
      doing={doing}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Who applicant={applicant} />
      <LabelsField label={approvals.approveLabels} text={text} onChange={setText} />
    </FormDialog>
  );
}

export function RejectDialog({ applicant, onClose }: Props) {
  const { approvals } = useWords();
  const { commander } = useApp();
  return (
    <ConfirmRemoval
      title={approvals.rejectTitle(applicant.worker_id)}
      lead={approvals.rejectLead}
      button={approvals.rejectButton}
      work={() => reject(applicant.fingerprint)}
      onDone={() => commander.say({ tone: 'ok', title: approvals.rejectDone(applicant.worker_id), lines: [] })}
      onClose={onClose}
    >
      <Who applicant={applicant} />
    </ConfirmRemoval>
  );
}

const Who = ({ applicant }: { applicant: ApplicantView }) => (
  <p className="applicant-print">
    <code>{applicant.fingerprint}</code>
    <span>
      {applicant.hostname} ({applicant.from})
    </span>
  </p>
);
