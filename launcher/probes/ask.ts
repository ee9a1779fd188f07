/** The one way to ask a program, for ready probes, alive probes and the health check. */
import type { AliveProbe, ReadyProbe } from '../../protocol/probes';
import { askExec } from './ask-exec';
import { askHttp } from './ask-http';
import { askTcp } from './ask-tcp';
import type { ProbedRun } from './probed-run';
import { NOT_ASKED, type Ask } from './trouble';

type Check = (ReadyProbe | AliveProbe)['check'];
export type AskedCheck = Extract<Check, { kind: 'http' | 'tcp' | 'exec' }>;

export const isAsked = (check: Check): check is AskedCheck =>
  check.kind === 'http' || check.kind === 'tcp' || check.kind === 'exec';

export function askOf(check: AskedCheck, timeoutMs: number, run: ProbedRun): Ask {
  switch (check.kind) {
    case 'http':
      return (signal) => askHttp(check.url, timeoutMs, signal);
    case 'tcp':
      return (signal) => askTcp(check, timeoutMs, signal);
    case 'exec':
      return async (signal) => {
        const command = run.commandOf(check.command);
        return command === null ? NOT_ASKED : askExec(command, timeoutMs, signal);
      };
  }
}
