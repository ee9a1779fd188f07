/** The way back from a specification to the words that give it (protocol/job-document.ts): what is as by default is left out. */
import { given, some } from '../../../protocol/document-parts';
import { JobSpec } from '../../../protocol/jobs';
import { limitWords } from '../../../protocol/process-words';
import { maskedEnv } from '../../../protocol/secret-names';
import { containerWords } from '../../../protocol/container-document';
import { duration, size } from '../../../protocol/amounts';

type Words = Readonly<Record<string, unknown>>;
const USUAL = JobSpec.parse({ command: 'true' });

/** Secrets are masked. */
export function jobDocumentOf(spec: JobSpec): Words {
  const { needs, retry, timeouts } = spec;
  return given({
    name: spec.name ?? undefined,
    command: spec.command,
    working_dir: spec.workingDir ?? undefined,
    env: some(maskedEnv(spec)),
    secrets: spec.secrets.length === 0 ? undefined : spec.secrets,
    user: spec.user ?? undefined,
    group: spec.group ?? undefined,
    container: spec.container === null ? undefined : containerWords(spec.container),
    work_dir: spec.workDir ?? undefined,
    limits: limitWords(spec.limits),
    needs: some({
      worker: needs.worker ?? undefined,
      target: unless(needs.target, USUAL.needs.target),
      labels: some(needs.labels),
      gpus: gpuWords(needs.gpus),
      cpus: unless(needs.cpus, 0),
      memory: needs.memoryBytes === 0 ? undefined : size(needs.memoryBytes),
      nodes: unless(needs.nodes, 1),
    }),
    priority: unless(spec.priority, USUAL.priority),
    preemptible: unless(spec.preemptible, USUAL.preemptible),
    retries: some({
      max: unless(retry.max, USUAL.retry.max),
      delay: time(retry.delayMs, USUAL.retry.delayMs),
      factor: unless(retry.factor, USUAL.retry.factor),
      not_on: retry.notOn.length === 0 ? undefined : retry.notOn,
    }),
    timeouts: some({
      queue: time(timeouts.queueMs, null),
      run: time(timeouts.runMs, null),
      silence: time(timeouts.silenceMs, null),
      grace: time(timeouts.graceMs, USUAL.timeouts.graceMs),
    }),
    after: spec.after.length === 0 ? undefined : spec.after,
    after_mode: unless(spec.afterMode, USUAL.afterMode),
    not_before: spec.notBeforeMs === null ? undefined : new Date(spec.notBeforeMs).toISOString(),
    labels: some(spec.labels),
    queue: unless(spec.queue, USUAL.queue),
    trust: time(spec.trustMs, USUAL.trustMs),
    progress: spec.progress ?? undefined,
  });
}

function gpuWords({ count, type, memoryBytes }: JobSpec['needs']['gpus']): unknown {
  if (count === 0) return undefined;
  if (type === null && memoryBytes === null) return count;
  return given({ count, type: type ?? undefined, memory: memoryBytes === null ? undefined : size(memoryBytes) });
}

const unless = <T>(value: T, usual: T): T | undefined => (value === usual ? undefined : value);
const time = (ms: number | null, usual: number | null): string | undefined =>
  ms === null || ms === usual ? undefined : duration(ms);
