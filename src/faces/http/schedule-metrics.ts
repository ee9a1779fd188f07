/** Schedules for Prometheus: how they stand when asked, and what became of their times when those came. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Engine } from '../../engine/engine';

const FIRINGS = ['submitted', 'skipped', 'refused', 'missed'] as const;

/** @returns reads what is so now */
export function scheduleMetrics(engine: Engine, registry: Registry): () => void {
  const registers = [registry];
  const schedules = new Gauge({
    name: 'procguard_schedules',
    help: 'Schedules by state',
    labelNames: ['state'],
    registers,
  });
  const firings = new Counter({
    name: 'procguard_schedule_firings_total',
    help: 'Planned times of schedules: a job was submitted; skipped, for one was not over; refused; missed while the manager was away',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of FIRINGS) firings.inc({ outcome }, 0);
  engine.feed.listen(({ touched, facts }) => {
    if (touched.schedules.size === 0) return;
    for (const fact of facts) {
      if (fact.kind !== 'schedule.set' || fact.firing === null) continue;
      const { kind, missed } = fact.firing;
      if (missed > 0) firings.inc({ outcome: 'missed' }, missed);
      if (kind !== 'missed' && kind !== 'set-back') firings.inc({ outcome: kind });
    }
  });
  return () =>
    engine.read(({ schedules: rows }) => {
      const counts = { active: 0, paused: 0, over: 0 };
      for (const { name, isEnabled } of rows.all.values())
        counts[!isEnabled ? 'paused' : rows.nextMs(name) === null ? 'over' : 'active'] += 1;
      for (const [state, count] of Object.entries(counts)) schedules.set({ state }, count);
    });
}
