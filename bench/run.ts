/**
 * `npm run bench [-- names...] [--quick] [--json FILE]`: each measure compares ProcGuard with a peer or with what the
 * machine can do at all, in one run and with interleaved rounds, for a machine's speed drifts by the minute. The exit
 * code is 1 when a target is missed or a measure could not run.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { authCost } from './auth-cost';
import { childWriteRate } from './child-write-rate';
import { crashRestart } from './crash-restart';
import { ensureBuilt } from './distribution';
import { heartbeats } from './heartbeats';
import { jobDispatch } from './job-dispatch';
import { jobGrowth } from './job-growth';
import { jobQueue } from './job-queue';
import { jobSpawn } from './job-spawn';
import { logPath } from './log-path';
import { logSearch } from './log-search';
import { manyChildren } from './many-children';
import type { Measure } from './measure';
import { memory } from './memory';
import { isMet, reportText, summaryText, type MeasureReport } from './report';
import { Rig } from './rig';
import { startLatency } from './start-latency';
import { stopTree } from './stop-tree';
import { tailLatency } from './tail-latency';

const MEASURES: readonly Measure[] = [
  crashRestart,
  startLatency,
  childWriteRate,
  logPath,
  memory,
  heartbeats,
  stopTree,
  manyChildren,
  logSearch,
  tailLatency,
  authCost,
  jobQueue,
  jobSpawn,
  jobDispatch,
  jobGrowth,
];

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});

let current: Rig | null = null;

async function measure(one: Measure): Promise<MeasureReport> {
  const rig = new Rig(flags.quick);
  current = rig;
  const startedAt = performance.now();
  try {
    const outcome = await one.run(rig);
    const seconds = (performance.now() - startedAt) / 1000;
    return { measure: one.name, title: one.title, seconds, ...outcome };
  } finally {
    await rig.close();
    current = null;
  }
}

async function bench(): Promise<void> {
  const unknown = names.filter((name) => !MEASURES.some((one) => one.name === name));
  if (unknown.length > 0)
    throw new Error(`no measure ${unknown.join(', ')}; known: ${MEASURES.map(({ name }) => name).join(', ')}`);
  const chosen = names.length === 0 ? MEASURES : MEASURES.filter(({ name }) => names.includes(name));
  await ensureBuilt();
  console.log(`${availableParallelism()} cores, Node ${process.versions.node}${flags.quick ? ', quick' : ''}`);

  const reports: MeasureReport[] = [];
  for (const one of chosen)
    try {
      const report = await measure(one);
      reports.push(report);
      console.log(reportText(report));
    } catch (error) {
      process.exitCode = 1;
      console.log(`\n${one.name} could not run: ${error instanceof Error ? error.message : String(error)}`);
    }
  console.log(summaryText(reports));
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(reports, null, 2)}\n`);
  if (reports.some(({ comparisons }) => comparisons.some((one) => isMet(one) === false))) process.exitCode = 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void Promise.resolve(current?.close()).finally(() => process.exit(130));
  });

void bench().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
