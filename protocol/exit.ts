/**
 * How a run ended.
 *
 * The shim writes the shell's status: 0..128 is the program's own exit code, above that 128 + signal. A program that
 * itself exits with 128 + n cannot be told from one killed by signal n; ADR 0003 says why that is accepted.
 */
import { z } from 'zod';

/** Who or what ended a run, as far as its launcher can prove. */
export const ExitCause = z.object({
  /**
   * `own`: the program ended by itself, also by a fault of its own (SIGSEGV, SIGABRT...). `asked`: a stop of ours.
   * `probe`: ended by us, because a probe or a deadline failed. `oom`: the kernel's out-of-memory killer.
   * `stranger`: a signal that neither we nor the kernel's memory killer sent.
   */
  kind: z.enum(['own', 'asked', 'probe', 'oom', 'stranger']),
  /** What it is known by, one clause: `memory limit 2 GB, 1 kill counted in the cgroup`, `no stop was asked`. */
  evidence: z.string(),
});
export type ExitCause = z.infer<typeof ExitCause>;

export const Exit = z.object({
  /** The program's exit code; null = ended by a signal, or unknown. */
  exitCode: z.number().int().min(0).max(255).nullable(),
  /** `SIGKILL`...; null = ended by itself, or unknown. */
  signal: z.string().nullable(),
  /** When, ms since the epoch by the launcher's clock. */
  atMs: z.number(),
  /** `record`: the shim's own word. `unknown`: the shim was killed or the machine went down; never guessed as 0. */
  source: z.enum(['record', 'unknown']),
  /** Null = not looked into, or nobody can say. */
  cause: ExitCause.nullable().default(null),
});
export type Exit = z.infer<typeof Exit>;

/** Linux signal numbers, for 128 + n. */
export const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  16: 'SIGSTKFLT',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

/** A shell's `$?` as an exit. */
export function exitOfStatus(status: number, atMs: number): Exit {
  const signal = status > 128 ? SIGNALS[status - 128] : undefined;
  return signal === undefined
    ? { exitCode: status, signal: null, atMs, source: 'record', cause: null }
    : { exitCode: null, signal, atMs, source: 'record', cause: null };
}

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(SIGNALS).map(([number, name]) => [name, +number]));

/** The way back: its exit code, 128 + n where signal n ended it; null = unknown. */
export function statusOf({ exitCode, signal }: Pick<Exit, 'exitCode' | 'signal'>): number | null {
  const number = signal === null ? undefined : NUMBERS.get(signal);
  return number === undefined ? exitCode : 128 + number;
}

/** It ended, and nobody knows how. */
export const unknownExit = (atMs: number): Exit => ({
  exitCode: null,
  signal: null,
  atMs,
  source: 'unknown',
  cause: null,
});

/** By a foreign program's word: what is no exit code of a system (-1 for a refused command) is unknown. */
export const exitOfCode = (code: number | null, atMs: number): Exit => ({
  exitCode: code !== null && code >= 0 && code <= 255 ? code : null,
  signal: null,
  atMs,
  source: code === null ? 'unknown' : 'record',
  cause: null,
});

/** True for exit code 0 and nothing else, and not where a failed probe made us end it: then 0 is only how it obeyed. */
export const isClean = (exit: Exit): boolean => exit.exitCode === 0 && exit.cause?.kind !== 'probe';

/** `exit code 7`, `killed by SIGKILL`, `exit unknown (...)`. */
export function describeExit(exit: Exit): string {
  if (exit.source === 'unknown')
    return 'exit unknown (its record is missing: the shim was killed or the machine went down)';
  const how = exit.signal === null ? `exit code ${exit.exitCode}` : `killed by ${exit.signal}`;
  return exit.cause === null || exit.cause.kind === 'own' ? how : `${how} (${causeInWords(exit.cause)})`;
}

const CAUSES: Readonly<Record<Exclude<ExitCause['kind'], 'own'>, string>> = {
  asked: 'as asked',
  probe: 'ended for a failed probe',
  oom: 'out of memory',
  stranger: 'a signal from outside',
};

const causeInWords = ({ kind, evidence }: ExitCause): string =>
  kind === 'own' || kind === 'asked' ? CAUSES.asked : `${CAUSES[kind]}: ${evidence}`;
