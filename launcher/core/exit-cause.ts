/**
 * Who or what ended a run, as far as that can be proven. Without a witness it stays null: a cause that was guessed is worse
 * than none, because somebody will act on it.
 */
import { sizeText } from '../../protocol/amounts';
import type { Exit, ExitCause } from '../../protocol/exit';

/** Signals that the kernel sends a program for what it did itself, or that it sends itself. */
const OWN_FAULTS = new Set('SIGSEGV SIGABRT SIGBUS SIGFPE SIGILL SIGTRAP SIGSYS SIGXCPU SIGXFSZ SIGPIPE'.split(' '));

/** What the kernel says of its memory killer. */
export type MemoryKillWitness =
  /** The run's own cgroup counts the kills in it: it knows. */
  | { readonly by: 'cgroup'; readonly kills: number; readonly limitBytes: number | null }
  /** The kernel's log of the run's time names its leader, or does not (null): it knows. */
  | { readonly by: 'kernel-log'; readonly line: string | null }
  /** The machine counts its kills. None while the run lived is certain; one may have been another's. */
  | { readonly by: 'machine'; readonly kills: number; readonly newestWithinMs: number | null }
  | { readonly by: 'nobody' };

/** A kill of the machine that close to the death of a process that was sent SIGKILL is taken for its own. */
const CLOSE_MS = 30_000;

export function causeOf(exit: Exit, stopAsked: boolean, witness: MemoryKillWitness): ExitCause | null {
  if (exit.source === 'unknown') return null;
  if (stopAsked) return { kind: 'asked', evidence: 'a stop of ours was under way' };
  const { signal, exitCode } = exit;
  const memoryKill = exitCode === 0 ? null : killedForMemory(exit, witness);
  if (memoryKill !== null) return { kind: 'oom', evidence: memoryKill };
  if (signal === null) return { kind: 'own', evidence: `it exited with code ${exitCode}${besides(witness)}` };
  if (OWN_FAULTS.has(signal)) return { kind: 'own', evidence: `${signal} is a fault of the program's own` };
  if (signal !== 'SIGKILL')
    return {
      kind: 'stranger',
      evidence: `no stop was asked, and ${signal} is not what the kernel sends for lack of memory`,
    };
  return isInnocent(witness)
    ? { kind: 'stranger', evidence: 'no stop was asked and the kernel counted no memory kill of it' }
    : null;
}

/** The evidence, or null. */
function killedForMemory({ signal, exitCode }: Exit, witness: MemoryKillWitness): string | null {
  const isKilled = signal === 'SIGKILL';
  if (witness.by === 'cgroup' && witness.kills > 0 && (isKilled || signal === null)) {
    const limit = witness.limitBytes === null ? '' : `memory limit ${sizeText(witness.limitBytes)}, `;
    const after = isKilled ? '' : `; then it exited with code ${exitCode}`;
    return `${limit}${counted(witness.kills)} in its cgroup${after}`;
  }
  if (!isKilled) return null;
  if (witness.by === 'kernel-log' && witness.line !== null) return `the kernel's log: ${witness.line}`;
  if (witness.by !== 'machine' || witness.kills === 0) return null;
  const ms = witness.newestWithinMs;
  if (ms !== null && ms <= CLOSE_MS)
    return `a memory kill on this machine in the ${Math.ceil(ms / 1000)} s before, most likely this one; the kernel's log cannot be read`;
  return null;
}

const isInnocent = (witness: MemoryKillWitness): boolean =>
  witness.by === 'kernel-log' ? witness.line === null : witness.by !== 'nobody' && witness.kills === 0;

const besides = (witness: MemoryKillWitness): string =>
  witness.by === 'cgroup' && witness.kills > 0 ? `, after ${counted(witness.kills)} in its cgroup` : '';

const counted = (kills: number): string => `${kills} memory ${kills === 1 ? 'kill' : 'kills'} counted`;
