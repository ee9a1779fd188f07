/**
 * Output is kept for the living run and a bounded number of ended ones. Looked at when a run begins, which is the only
 * moment at which there can be one too many.
 */
import { LIMITS } from '../../protocol/limits';
import type { Engine } from './engine';
import type { LogStore } from './log-store-port';

export function retainLogs(engine: Engine, logs: Pick<LogStore, 'prune'>): void {
  engine.feed.listen(({ facts }) => {
    for (const fact of facts) {
      if (fact.kind !== 'run.started' && fact.kind !== 'process.defined') continue;
      const key = fact.kind === 'run.started' ? fact.key : fact.process.key;
      const process = engine.read((model) => model.processes.get(key));
      if (process !== undefined) logs.prune(process.worker, process.name, LIMITS.runsKeptPerProcess);
    }
  });
}
