/** Where named jobs are kept (protocol/job-template.ts). */
import type { JobTemplate } from '../../protocol/job-template';

export interface JobTemplates {
  /** As it is now: it is read each time. @throws Refusal not_found with the names there are, bad_request with the file */
  named(name: string): Promise<JobTemplate>;
  /** In order. */
  names(): Promise<string[]>;
}
