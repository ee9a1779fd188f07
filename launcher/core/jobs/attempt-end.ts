/** As what an attempt's end counts, by how its process ended and by what it was asked. Pure. */
import { describeExit, type Exit } from '../../../protocol/exit';
import type { RunId } from '../../../protocol/ids';
import type { ProcessState, StopCertificate } from '../../../protocol/process-state';
import { withoutPolicy } from '../policy-words';
import type { End, Stop, Terms } from './attempt-rows';

export interface ProcessEnd {
  readonly run: RunId;
  readonly exit: Exit;
  readonly certificate: StopCertificate | null;
  readonly outputBytes: number;
  /** The machine was restarted since it was given: it went down with it. */
  readonly isOfAnotherBoot: boolean;
}

/** Its process ran and its whole tree is gone. */
export function endOf(process: ProcessEnd, stop: Stop | null, terms: Pick<Terms, 'silenceMs'> | null): End {
  const { isOfAnotherBoot, ...told } = process;
  const { exit, certificate } = told;
  if (exit.exitCode === 0 && !wasReached(exit, certificate))
    return { ...told, outcome: 'completed', why: 'exit code 0' };
  if (stop !== null) return { ...told, outcome: stop.outcome, why: stopText(stop) };
  if (exit.cause?.kind === 'probe')
    return { ...told, outcome: 'timeout', why: `no output for ${(terms?.silenceMs ?? 0) / 1000} s` };
  if (isOfAnotherBoot && exit.source === 'unknown')
    return { ...told, outcome: 'lost', why: 'the machine was restarted while it ran' };
  return { ...told, outcome: 'failed', why: describeExit(exit) };
}

/** A stop that sent nothing, or a SIGKILL that no exit code 0 comes of, found it over already: it completed before the word reached it. */
const wasReached = ({ cause }: Exit, certificate: StopCertificate | null): boolean =>
  cause?.kind === 'probe' ||
  (cause?.kind === 'asked' && certificate?.signals.some(({ signal }) => signal !== 'SIGKILL') === true);

/** It never ran. @param otherwise why, where no stop was asked */
export function unbornEnd(stop: Stop | null, otherwise: Pick<End, 'outcome' | 'why' | 'isHindered'>): End {
  const told = stop === null ? otherwise : { outcome: stop.outcome, why: `${stopText(stop)}; it had not begun` };
  return { run: null, exit: null, certificate: null, outputBytes: 0, ...told };
}

/**
 * Its process is down, and nobody was ever born for it. What would be in the way again and again is a refusal; what may pass
 * (no memory, a full disk) is in the way here and now, and another worker may well run it.
 */
export function notBornEnd(stop: Stop | null, state: Extract<ProcessState, { kind: 'failed' | 'stopped' }>): End {
  const isRefused = state.kind === 'failed' && state.exit === null;
  const why = withoutPolicy(state.why);
  return unbornEnd(stop, isRefused ? { outcome: 'refused', why } : { outcome: 'lost', why, isHindered: true });
}

/** `stopped: preempted by j_9`; what the launcher itself found needs no such word. */
const stopText = ({ why, by, isAsked }: Stop): string =>
  isAsked ? `stopped: ${why === '' ? `asked by ${by}` : why}` : why;
