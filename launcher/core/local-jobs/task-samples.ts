/** Tasks for tests, by what matters of them. */
import { JobId } from '../../../protocol/jobs';
import type { Task, TaskState } from './task';

export interface Sketch {
  readonly id: string;
  readonly priority?: number;
  readonly state?: TaskState;
  readonly dependsOn?: readonly string[];
  readonly maxRetries?: number;
}

export const PENDING: TaskState = { kind: 'pending', notBeforeMs: null };
let order = 0;

export const taskOf = ({ id, priority = 5, state = PENDING, dependsOn = [], maxRetries = 0 }: Sketch): Task => ({
  id: JobId.parse(id),
  wish: {
    name: '',
    type: 'shell',
    command: 'true',
    args: [],
    workdir: null,
    env: {},
    timeoutMs: 60_000,
    priority,
    dependsOn: dependsOn.map((other) => JobId.parse(other)),
    maxRetries,
    retryDelayMs: 1_000,
  },
  createdAtMs: 0,
  order: ++order,
  retryCount: 0,
  state,
});
