/** A launcher that takes attempts of jobs, as far as a manager can tell: nothing is born, and what it holds it renews. */
import type { Socket } from 'socket.io-client';
import type { RunId } from '../../protocol/ids';
import type { AttemptId } from '../../protocol/jobs';
import type { JobWord, LauncherFact, RenewMessage, SequencedFact } from '../../protocol/link';

export interface Holding {
  /** `ends`: an attempt is over with its start, exit code 0. `stays`: it runs until it is stopped. */
  readonly jobs: 'ends' | 'stays';
  /** Between two renewals of everything held; 0 = never. */
  readonly renewMs: number;
}

export function takeAttempts(socket: Socket, { jobs, renewMs }: Holding): void {
  const held = new Set<AttemptId>();
  let seq = 0;
  const unsaid: SequencedFact[] = [];
  const say = (fact: LauncherFact): void => {
    // What comes in one turn is said in one message, as the launcher's outbox does.
    if (unsaid.length === 0) setImmediate(() => socket.emit('facts', { facts: unsaid.splice(0) }));
    unsaid.push({ seq: ++seq, atMs: Date.now(), fact });
  };
  const run = `${String(Date.now()).padStart(13, '0')}bbbbbbbbbbbb` as RunId;
  const ended = (attempt: AttemptId, outcome: 'completed' | 'cancelled'): void =>
    say({
      kind: 'attempt.ended',
      attempt,
      run,
      outcome,
      why: outcome,
      exit: null,
      certificate: null,
      outputBytes: 0,
    });
  socket.on('job', (word: JobWord) => {
    switch (word.kind) {
      case 'run':
        if (held.has(word.attempt)) return;
        held.add(word.attempt);
        say({ kind: 'attempt.started', attempt: word.attempt, run, pid: 4711, isolation: [], unenforced: [] });
        if (jobs === 'ends') ended(word.attempt, 'completed');
        return;
      case 'stop':
        return ended(word.attempt, 'cancelled');
      case 'forget':
        held.delete(word.attempt);
    }
  });
  let number = 0;
  if (renewMs > 0)
    setInterval(() => {
      const message: RenewMessage = { number: ++number, attempts: [...held] };
      if (held.size > 0) socket.emit('renew', message);
    }, renewMs);
}
