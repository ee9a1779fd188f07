/** The queue for Prometheus: states as they are when asked, paces as they were when they happened. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ATTEMPT_OUTCOMES, JOB_STATES } from '../../../protocol/jobs';
import { jobCounts } from '../../core/jobs/shown-state';
import { gpusOf, slotsOf } from '../../core/jobs/stats';
import type { Engine } from '../../engine/engine';
import type { JobFigures } from '../../engine/job-figures';

/** From a tenth of a second to a day. */
const SPANS_S = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600];

/** @returns reads what is so now */
export function jobMetrics(engine: Engine, figures: JobFigures, registry: Registry): () => void {
  const registers = [registry];
  const jobs = new Gauge({ name: 'procguard_jobs', help: 'Jobs by state', labelNames: ['state'], registers });
  const slots = new Gauge({
    name: 'procguard_job_slots',
    help: 'Slots for jobs of workers that are not lost: all of them, and those taken',
    labelNames: ['which'],
    registers,
  });
  const gpus = new Gauge({
    name: 'procguard_job_gpus',
    help: 'Devices of workers that are not lost: all of them, and those given to jobs',
    labelNames: ['which'],
    registers,
  });
  const waits = new Histogram({
    name: 'procguard_job_wait_seconds',
    help: 'From submission to the first start',
    buckets: SPANS_S,
    registers,
  });
  const runs = new Histogram({
    name: 'procguard_job_run_seconds',
    help: 'Of an attempt, from start to end',
    buckets: SPANS_S,
    registers,
  });
  const attempts = new Counter({
    name: 'procguard_job_attempts_total',
    help: 'Attempts that ended, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const expired = new Counter({
    name: 'procguard_job_leases_expired_total',
    help: 'Attempts whose worker was silent for too long',
    registers,
  });
  for (const outcome of ATTEMPT_OUTCOMES) attempts.inc({ outcome }, 0);
  figures.listen(({ waitsMs, runsMs, outcomes, leasesExpired }) => {
    for (const ms of waitsMs) waits.observe(ms / 1000);
    for (const ms of runsMs) runs.observe(ms / 1000);
    for (const outcome of outcomes) attempts.inc({ outcome });
    expired.inc(leasesExpired);
  });
  return () =>
    engine.read((model) => {
      const counts = jobCounts(model);
      for (const state of JOB_STATES) jobs.set({ state }, counts[state]);
      const { total, taken } = slotsOf(model);
      slots.set({ which: 'all' }, total);
      slots.set({ which: 'taken' }, taken);
      const devices = gpusOf(model, engine.settings);
      gpus.set({ which: 'all' }, devices.total);
      gpus.set({ which: 'given' }, devices.given);
    });
}
