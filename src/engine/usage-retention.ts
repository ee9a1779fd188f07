/** Usage over time leaves with what it is of. */
import type { ProcessName, WorkerId } from '../../protocol/ids';
import type { Engine } from './engine';
import type { UsageHistory } from './usage-port';

export function retainUsage(engine: Engine, usage: UsageHistory): void {
  engine.feed.listen(({ facts }) => {
    for (const fact of facts)
      if (fact.kind === 'worker.removed') usage.forget(fact.id, null);
      else if (fact.kind === 'process.removed') {
        const [worker = '', process = ''] = fact.key.split('/');
        usage.forget(worker as WorkerId, process as ProcessName);
      }
  });
}
