/** The action *stop all*. Source: seed 002 `stop_all_on_failure`: everything this manager's workers run is stopped. */
import type { CommandId } from '../../../protocol/ids';
import type { Process } from '../model';
import { issue } from '../processes/issue';
import { count } from '../spans';
import { BY, FAILURE_HANDLER, type Scene } from './scene';
import { begin } from './stories';

/** Not held back by an incident: it is what the configuration asks for exactly then. */
export function stopAll(scene: Scene, failed: Process, why: string): void {
  const waitsFor: CommandId[] = [];
  for (const process of scene.model.processes.values()) {
    if (process.key === failed.key || process.desired === 'stopped') continue;
    scene.facts.push({ kind: 'process.desired', key: process.key, desired: 'stopped' });
    const { command, effects } = issue(scene.model, scene.facts, scene.nowMs, {
      worker: process.worker,
      process: process.name,
      by: FAILURE_HANDLER,
      why: `${failed.key} failed and stop_all_on_failure is set`,
      payload: { kind: 'control', process: process.name, verb: 'stop', onlyRun: null },
    });
    waitsFor.push(command.id);
    scene.effects.push(...effects);
  }
  if (waitsFor.length === 0) return;
  begin(scene, {
    worker: failed.worker,
    process: failed.name,
    kind: 'stop-all',
    found: `${failed.key} failed: ${why}`,
    stage: 'stopping',
    decided: 'everything else is stopped: stop_all_on_failure is set',
    did: `stop given to ${count(waitsFor.length, 'process', 'processes')}`,
    actor: BY,
    waitsFor,
  });
}
