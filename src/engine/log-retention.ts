/**
 * Tells the log store what it cannot know by itself: which processes there are, and which runs are over and how. A run
 * that begins or ends is a good moment to look at what is kept.
 */
import { isClean } from '../../protocol/exit';
import { ProcessName, processKey, WorkerId, type ProcessKey } from '../../protocol/ids';
import { attemptIn, attemptProcess } from '../../protocol/jobs';
import type { Engine } from './engine';
import type { KeepRules, LogStore, LogTarget } from './log-store-port';

export function retainLogs(engine: Engine, logs: Pick<LogStore, 'keep' | 'ended' | 'tidy'>, rules: KeepRules): void {
  logs.keep(rules, ({ worker, process }) =>
    engine.read(
      ({ processes, jobs }) =>
        processes.has(processKey(worker, process)) || jobs.attempt(attemptIn(process) ?? '')?.worker === worker,
    ),
  );
  engine.feed.listen(({ facts }) => {
    for (const fact of facts)
      if (fact.kind === 'run.ended') {
        logs.ended({ ...targetOf(fact.key), run: fact.run }, isClean(fact.exit) ? 'clean' : 'failed');
        logs.tidy();
      } else if (fact.kind === 'attempt.changed') {
        const { worker, state, run, exit } = fact.attempt;
        if (state.kind !== 'ended' || run === null) continue;
        const target = { worker, process: attemptProcess(fact.attempt.id), run };
        logs.ended(target, exit !== null && isClean(exit) ? 'clean' : 'failed');
        logs.tidy();
      } else if (fact.kind === 'job.forgotten') logs.tidy();
      else if (fact.kind === 'run.started' || fact.kind === 'process.defined' || fact.kind === 'process.removed')
        logs.tidy();
  });
}

/** Also of a process that is no more: names hold no slash. */
function targetOf(key: ProcessKey): LogTarget {
  const slash = key.indexOf('/');
  return { worker: WorkerId.parse(key.slice(0, slash)), process: ProcessName.parse(key.slice(slash + 1)) };
}
