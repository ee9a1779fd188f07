/** An attempt as a process of this launcher. Whatever its definition says of these, it is born once and never again. */
import { AliveProbe } from '../../protocol/probes';
import { ProcessName } from '../../protocol/ids';
import { attemptProcess, type AttemptId } from '../../protocol/jobs';
import type { ProcessSpec } from '../../protocol/process-spec';
import { RestartPolicy } from '../../protocol/restart-policy';

const NEVER = RestartPolicy.parse({ when: 'never' });

/** @throws where the attempt's id is no name, as a directory has one */
export const attemptSpec = (attempt: AttemptId, spec: ProcessSpec, silenceMs: number | null): ProcessSpec => ({
  ...spec,
  name: ProcessName.parse(attemptProcess(attempt)),
  role: 'job',
  restart: NEVER,
  dependsOn: {},
  alive: silenceMs === null ? spec.alive : [...spec.alive, silentFor(silenceMs)],
});

/** The manager names them in its variables. */
export const hasDevices = ({ env }: ProcessSpec): boolean => env['PROCGUARD_GPUS'] !== undefined;

const silentFor = (forMs: number): AliveProbe =>
  AliveProbe.parse({ check: { kind: 'silence', of: 'output', forMs: Math.max(100, forMs) } });
