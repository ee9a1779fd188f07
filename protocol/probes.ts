/**
 * How a process is asked whether it is ready, and whether it is still alive. Answers: systemd's `Type=notify` and
 * `WatchdogSec`, Kubernetes' readiness and liveness probes; silence and progress are for programs that cannot be asked.
 */
import { z } from 'zod';
import { CommandLine } from './command-line';

const Http = z.object({
  kind: z.literal('http'),
  /** GET; 2xx and 3xx are good. */
  url: z.url(),
});
const Tcp = z.object({
  kind: z.literal('tcp'),
  host: z.string().min(1).default('127.0.0.1'),
  /** A connection is opened and closed. */
  port: z.number().int().min(1).max(65_535),
});
/** Exit code 0 is good; run in the process's own directory, environment and identity. Its last output is the evidence. */
const Exec = z.object({ kind: z.literal('exec'), command: CommandLine });
export const Pattern = z.string().min(1).refine(isRegExp, 'must be a regular expression');
/** A regular expression, tried on every line of the run's output. */
const Log = z.object({ kind: z.literal('log'), pattern: Pattern });

const Pace = z.object({
  intervalMs: z.number().int().min(100).default(10_000),
  timeoutMs: z.number().int().min(10).default(5_000),
});

/** Good once = ready, until the run ends. With one, `start` and `restart` are answered when it is ready. */
export const ReadyProbe = Pace.extend({
  check: z.discriminatedUnion('kind', [Http, Tcp, Exec, Log]),
  intervalMs: Pace.shape.intervalMs.removeDefault().default(500),
  /** Not ready by then: the run is ended, and counts as failed. Null = it may take for ever. */
  withinMs: z.number().int().min(1).nullable().default(60_000),
});
export type ReadyProbe = z.infer<typeof ReadyProbe>;

export const AliveProbe = Pace.extend({
  check: z.discriminatedUnion('kind', [
    Http,
    Tcp,
    Exec,
    /** A line that matches is the failure (`NCCL timeout`). */
    Log,
    /** No byte of output, or no CPU time of the whole tree, for this long. */
    z.object({ kind: z.literal('silence'), of: z.enum(['output', 'cpu']), forMs: z.number().int().min(100) }),
    /** The first group of the pattern is a number that must become larger within this time: `step (\d+)`. */
    z.object({ kind: z.literal('progress'), pattern: Pattern, forMs: z.number().int().min(100) }),
  ]),
  /** This many bad answers in a row are a failure. Not for log, silence and progress: these fail at once. */
  failuresMax: z.number().int().min(1).default(3),
  /** Nothing is asked before the run is this old (and ready, where a ready probe is given). */
  afterMs: z.number().int().min(0).default(0),
  /** `restart`: the run is ended and counts as failed, so the restart policy decides. `warn`: a finding, no more. */
  action: z.enum(['restart', 'warn']).default('restart'),
});
export type AliveProbe = z.infer<typeof AliveProbe>;
export type ProbeCheck = ReadyProbe['check'] | AliveProbe['check'];

/** `GET http://127.0.0.1:80/`, `tcp 127.0.0.1:80`, `no output for 30 s`: a probe as a sentence names it. */
export function probeText(check: ProbeCheck): string {
  switch (check.kind) {
    case 'http':
      return `GET ${check.url}`;
    case 'tcp':
      return `tcp ${check.host}:${check.port}`;
    case 'exec':
      return `exec ${typeof check.command === 'string' ? check.command : check.command.join(' ')}`;
    case 'log':
      return `log line /${check.pattern}/`;
    case 'silence':
      return `${check.of === 'output' ? 'output' : 'CPU time'} within ${check.forMs / 1000} s`;
    case 'progress':
      return `progress of /${check.pattern}/ within ${check.forMs / 1000} s`;
  }
}

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
