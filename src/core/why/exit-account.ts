/** How a run ended, as a cause. Who cannot be proven is not named. */
import { describeExit, type Exit } from '../../../protocol/exit';
import type { Account } from './account';

export function exitAccount(exit: Exit): Account {
  const how = describeExit({ ...exit, cause: null });
  switch (exit.cause?.kind) {
    case 'oom':
      return {
        kind: 'oom',
        cause: `it ran out of memory and was killed (${how}): ${exit.cause.evidence}`,
        by: 'the kernel',
      };
    case 'stranger':
      return {
        kind: 'stranger',
        cause: `${how} by somebody who is neither ProcGuard nor the kernel's memory killer: ${exit.cause.evidence}`,
        by: 'somebody on its machine',
      };
    case 'probe':
      return { kind: 'probe', cause: `ended because a probe failed: ${exit.cause.evidence}`, by: 'its launcher' };
    case 'asked':
      return { kind: 'operator', cause: `${how}, as asked: ${exit.cause.evidence}`, by: 'ProcGuard' };
    case 'own':
      return { kind: 'exit', cause: `it ended by itself: ${how}`, by: 'the program' };
    case undefined:
      return unproven(exit, how);
  }
}

function unproven({ source, signal }: Exit, how: string): Account {
  if (source === 'unknown') return { kind: 'exit', cause: how, by: 'unknown' };
  return signal === null
    ? { kind: 'exit', cause: `it ended by itself: ${how}`, by: 'the program' }
    : { kind: 'exit', cause: `${how}; who sent the signal cannot be said`, by: 'unknown' };
}
