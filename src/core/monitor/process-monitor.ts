/**
 * ProcessMonitor: judges health. Silence of workers is judged in fleet/liveness; here it is the samples that come with
 * beats: idle and busy processes, memory pressure, full disks, zombies, failed health checks, warnings of probes. What is judged by
 * facts instead is in notice.ts.
 */
import { processKey, runBornAtMs, type ProcessKey, type ProcessName, type WorkerId } from '../../../protocol/ids';
import type { Beat, MachineUsage, ProcessUsage } from '../../../protocol/link';
import { LIMITS } from '../../../protocol/limits';
import type { CommandOf, Decision, FindingOf } from '../commands';
import type { Model } from '../model';
import type { CoreSettings, Threshold } from '../settings';
import { Watcher } from './watcher';

export interface Judgement {
  readonly raised: readonly FindingOf[];
  readonly cleared: readonly FindingOf[];
}

/** Compares one beat, whole, with what was found before. Costs no turn unless something changed. */
export function judgeBeat(
  model: Model,
  worker: WorkerId,
  beat: Beat,
  settings: CoreSettings,
  nowMs: number,
): Judgement {
  const watcher = new Watcher(model, nowMs);
  if (beat.machine !== null && beat.machine.memoryTotalBytes > 0)
    judgeMemory(watcher, worker, beat.machine, settings.memory);
  if (beat.machine !== null) judgeDisk(watcher, worker, beat.machine);
  const seen = new Set<ProcessName>();
  for (const usage of beat.usage) {
    const key = processKey(worker, usage.name);
    if (isOfEarlierRun(model, key, usage)) continue;
    seen.add(usage.name);
    judgeProcess(watcher, key, usage, settings);
    judgeLife(watcher, model, key, usage, beat.atMs);
  }
  for (const subject of [...model.findings.keys()])
    if (subject.startsWith(`${worker}/`) && !seen.has(subject.slice(worker.length + 1) as ProcessName))
      watcher.clear(subject);
  return watcher;
}

/** The newest sample is of a run that is over, and what is wrong with that is nobody's trouble any more. */
function isOfEarlierRun(model: Model, key: ProcessKey, { run }: ProcessUsage): boolean {
  const actual = model.processes.get(key)?.actual;
  if (actual?.via !== 'launcher') return false;
  const { state } = actual.report;
  return 'run' in state && state.run !== run;
}

function judgeMemory(watcher: Watcher, worker: WorkerId, machine: MachineUsage, memory: Threshold): void {
  const free = machine.memoryAvailableBytes / machine.memoryTotalBytes;
  const share = `${Math.round(free * 100)} % of the machine's memory is free`;
  const { forMs } = memory;
  watcher.see(worker, 'memory-low', {
    isSo: under(free, memory),
    forMs,
    message: () => `${share}, under ${memory.below}`,
  });
  watcher.see(worker, 'memory-high', {
    isSo: over(free, memory),
    forMs,
    message: () => `${share}, over ${memory.above}`,
  });
}

function judgeDisk(watcher: Watcher, worker: WorkerId, { diskFreeBytes }: MachineUsage): void {
  watcher.see(worker, 'disk-full', {
    isSo: diskFreeBytes !== null && diskFreeBytes < LIMITS.birthDiskBytes,
    forMs: 0,
    message: () => "its launcher's disk is full: nothing can be started there until there is room",
  });
}

function judgeProcess(watcher: Watcher, subject: ProcessKey, usage: ProcessUsage, settings: CoreSettings): void {
  const { cpu, zombieDetection, samplingIntervalMs } = settings;
  const { forMs } = cpu;
  const cores = `uses ${usage.cpu.toFixed(2)} of a core`;
  const lasting = `for ${forMs / 1000} s`;
  watcher.see(subject, 'idle', {
    isSo: under(usage.cpu, cpu),
    forMs,
    message: () => `idle: ${cores}, under ${cpu.below} ${lasting}`,
  });
  watcher.see(subject, 'busy', {
    isSo: over(usage.cpu, cpu),
    forMs,
    message: () => `busy: ${cores}, over ${cpu.above} ${lasting}`,
  });
  const zombie = zombieDetection ? usage.zombie : null;
  watcher.see(subject, 'zombie', {
    isSo: zombie !== null,
    // Between a death and its collection every process is a zombie for a moment.
    forMs: ZOMBIE_SAMPLES * samplingIntervalMs,
    message: () => ZOMBIE[zombie ?? 'leader-gone'],
  });
  watcher.see(subject, 'unhealthy', {
    isSo: usage.healthy === false,
    forMs: 0,
    message: () => `unhealthy: ${usage.healthError ?? 'its health check fails'}`,
  });
  const { warnings } = usage;
  watcher.see(subject, 'silence', { isSo: warnings.length > 0, forMs: 0, message: () => warnings.join('; ') });
}

/** A healthy life ends a crash loop, as it empties the budget. Both times are the launcher's. */
function judgeLife(watcher: Watcher, model: Model, subject: ProcessKey, { run }: ProcessUsage, atMs: number): void {
  const finding = model.findings.get(subject)?.get('crash-loop');
  if (finding === undefined) return;
  const healthyAfterMs = model.processes.get(subject)?.spec?.restart.healthyAfterMs ?? 0;
  if (atMs - runBornAtMs(run) >= healthyAfterMs) watcher.cleared.push({ subject, finding });
}

/** As many samples in a row must show it. */
const ZOMBIE_SAMPLES = 3;
const ZOMBIE = {
  'dead-unreaped': 'zombie: it is dead and its parent has not collected it',
  'leader-gone': 'zombie: its leader is gone while descendants live',
} as const;

const under = (value: number, threshold: Threshold): boolean => threshold.below !== null && value < threshold.below;
const over = (value: number, threshold: Threshold): boolean => threshold.above !== null && value > threshold.above;

/**
 * The turn in which judgements become facts. Beats that come together, as after the manager was suspended, are each judged
 * against what was found before all of them: what the first of them says is not news any more with the second.
 */
export function judgement({ findings }: Model, { raised, cleared }: CommandOf<'judge'>): Decision<'judge'> {
  const isFound = ({ subject, finding }: FindingOf): boolean => findings.get(subject)?.has(finding.kind) === true;
  return {
    facts: [
      ...raised.filter((found) => !isFound(found)).map((found) => ({ kind: 'finding.raised' as const, ...found })),
      ...cleared.filter(isFound).map((found) => ({ kind: 'finding.cleared' as const, ...found })),
    ],
    effects: [],
    reply: null,
  };
}
