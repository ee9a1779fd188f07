/** Whose output is shown: a process, or an attempt of a job. */
import type { ProcessView } from '../../../protocol/views';

export type LogSubject = Pick<ProcessView, 'key' | 'worker_id' | 'process' | 'run_id' | 'pid' | 'exit_code' | 'signal'>;
