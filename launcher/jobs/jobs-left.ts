/** The attempts that the last launcher left, for a look while none runs. */
import type { ProcessName } from '../../protocol/ids';
import type { JobStatus } from '../control/control-words';
import type { SupervisorState } from '../core/supervisor-state';
import type { DataDirectory } from '../store/data-directory';
import { loadRecord } from '../store/process-record';
import { readAttempts } from './attempt-books';
import { jobStatus } from './jobs-said';

export function jobsLeft({ jobs }: DataDirectory): JobStatus[] {
  const stateOf = (name: string): SupervisorState | null =>
    loadRecord(jobs.processDirectory(name as ProcessName).recordFile)?.supervised.state ?? null;
  return [...readAttempts(jobs.path).byId.values()].map((row) => jobStatus(row, stateOf));
}
