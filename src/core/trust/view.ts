/** Applicants as people see them. */
import { fingerprintText } from '../../../protocol/fingerprint';
import type { ApplicantView } from '../../../protocol/trust-http';
import type { Model } from '../model';
import type { Applicant } from './rows';

/** The longest waiting first. */
export const applicantViews = ({ trust }: Model): ApplicantView[] => [...trust.applicants.values()].map(applicantView);

export const applicantView = (applicant: Applicant): ApplicantView => ({
  fingerprint: fingerprintText(applicant.keyHash),
  worker_id: applicant.worker,
  hostname: applicant.hostname,
  version: applicant.version,
  labels: applicant.labels,
  from: applicant.from,
  first_seen_ms: applicant.firstSeenMs,
  state: applicant.state,
});
