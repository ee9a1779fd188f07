/**
 * The way back from a specification to the words that give it: the keys of process-document.ts, without its name. What is
 * read from them again is the same: in place of a secret stands the mask, which means "as it is now".
 */
import { duration, size } from './amounts';
import { containerWords } from './container-document';
import { given, some } from './document-parts';
import type { ProbeCheck } from './probes';
import { ProcessSpec, type ResourceLimits } from './process-spec';
import { maskedEnv } from './secret-names';

type Words = Readonly<Record<string, unknown>>;

/** Those left out that are as by default. */
export const processWords = (spec: ProcessSpec): Words => wordsOf(spec, false);

/** Also those that are as by default; what is not set at all is in none. */
export const allProcessWords = (spec: ProcessSpec): Words => wordsOf(spec, true);

function wordsOf(spec: ProcessSpec, withDefaults: boolean): Words {
  const bare = ProcessSpec.parse({ name: spec.name, command: spec.command });
  const { restart, stop } = spec;
  const unless = <T>(value: T, usual: T, words: unknown): unknown =>
    !withDefaults && JSON.stringify(value) === JSON.stringify(usual) ? undefined : words;
  const time = (ms: number, usual: number): unknown => unless(ms, usual, duration(ms));
  return given({
    command: spec.command,
    working_dir: spec.workingDir ?? undefined,
    work_dir: spec.workDir,
    container: spec.container === undefined ? undefined : containerWords(spec.container),
    env: unless(spec.env, bare.env, maskedEnv(spec)),
    secrets: unless(spec.secrets, bare.secrets, spec.secrets),
    env_file: unless(spec.envFiles, bare.envFiles, spec.envFiles),
    env_inherit: spec.envInherit ?? undefined,
    user: spec.user ?? undefined,
    group: spec.group ?? undefined,
    umask: spec.umask === null ? undefined : spec.umask.toString(8).padStart(3, '0'),
    stdin: stdinWords(spec.stdin),
    output: unless(spec.output, bare.output, spec.output),
    limits: limitWords(spec.limits),
    restart_policy: unless(restart.when, bare.restart.when, restart.when),
    max_restarts: unless(restart.maxRestarts, bare.restart.maxRestarts, restart.maxRestarts),
    restart_delay: time(restart.delayMs, bare.restart.delayMs),
    restart_delay_max: time(restart.delayMaxMs, bare.restart.delayMaxMs),
    restart_window: time(restart.windowMs, bare.restart.windowMs),
    healthy_after: time(restart.healthyAfterMs, bare.restart.healthyAfterMs),
    stop: some({
      signal: unless(stop.signal, bare.stop.signal, stop.signal),
      grace: time(stop.graceMs, bare.stop.graceMs),
      then: unless(
        stop.then,
        bare.stop.then,
        stop.then.map(({ signal, graceMs }) => ({ signal, grace: duration(graceMs) })),
      ),
    }),
    ready: spec.ready === null ? undefined : readyWords(spec.ready),
    alive: spec.alive.length === 0 ? undefined : spec.alive.map(aliveWords),
    depends_on: unless(spec.dependsOn, bare.dependsOn, spec.dependsOn),
    pid_file: spec.pidFile ?? undefined,
    health_check_url: spec.healthCheck?.url,
    worker_type: unless(spec.type, bare.type, spec.type),
    // A document's processes are started unless it says otherwise.
    auto_start: unless(spec.autoStart, true, spec.autoStart),
  });
}

const readyWords = ({ check, intervalMs, timeoutMs, withinMs }: NonNullable<ProcessSpec['ready']>): Words => ({
  ...checkWords(check),
  interval: duration(intervalMs),
  timeout: duration(timeoutMs),
  within: withinMs === null ? null : duration(withinMs),
});

const aliveWords = ({ check, ...pace }: ProcessSpec['alive'][number]): Words => ({
  ...checkWords(check),
  interval: duration(pace.intervalMs),
  timeout: duration(pace.timeoutMs),
  failures: pace.failuresMax,
  ...(pace.afterMs === 0 ? {} : { after: duration(pace.afterMs) }),
  action: pace.action,
});

function checkWords(check: ProbeCheck): Words {
  switch (check.kind) {
    case 'http':
      return { http: check.url };
    case 'tcp':
      return { tcp: `${check.host}:${check.port}` };
    case 'exec':
      return { exec: check.command };
    case 'log':
      return { log: check.pattern };
    case 'silence':
      return { silence: duration(check.forMs), of: check.of };
    case 'progress':
      return { progress: check.pattern, within: duration(check.forMs) };
  }
}

function stdinWords(stdin: ProcessSpec['stdin']): unknown {
  switch (stdin.kind) {
    case 'none':
      return undefined;
    case 'file':
      return { file: stdin.path };
    case 'text':
      return { text: stdin.text };
  }
}

/** Of a process or a job; undefined = it has none. */
export const limitWords = (limits: ResourceLimits): Words | undefined =>
  some({
    memory: limits.memoryBytes === null ? undefined : size(limits.memoryBytes),
    cpu: limits.cpuCores ?? undefined,
    pids: limits.pids ?? undefined,
    open_files: limits.openFiles ?? undefined,
    nice: limits.nice ?? undefined,
    oom_score: limits.oomScore ?? undefined,
  });
