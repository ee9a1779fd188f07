/**
 * ProcessMonitor: judges health. Silence is judged in fleet/liveness; here it is the samples that come with beats:
 * idle and busy processes, memory pressure, zombies, failed health checks, warnings of probes. Crash loops are judged by
 * reports (crash-loop.ts). A finding is raised once and cleared once.
 */
import { processKey, runBornAtMs, type ProcessName, type WorkerId } from '../../../protocol/ids';
import type { Beat, ProcessUsage } from '../../../protocol/link';
import type { CommandOf, Decision, FindingOf } from '../commands';
import type { Finding, Model } from '../model';
import type { CoreSettings, Threshold } from '../settings';

export interface Judgement {
  readonly raised: FindingOf[];
  readonly cleared: FindingOf[];
}

/** Compares one beat with what was found before. Costs no turn unless something changed. */
export function judgeBeat(
  model: Model,
  worker: WorkerId,
  beat: Beat,
  settings: CoreSettings,
  nowMs: number,
): Judgement {
  const judgement: Judgement = { raised: [], cleared: [] };
  if (beat.machine !== null && beat.machine.memoryTotalBytes > 0) {
    const free = beat.machine.memoryAvailableBytes / beat.machine.memoryTotalBytes;
    const share = `${Math.round(free * 100)} % of the machine's memory is free`;
    watch(
      model,
      judgement,
      worker,
      'memory-low',
      under(free, settings.memory),
      settings.memory,
      nowMs,
      () => `${share}, under ${settings.memory.below}`,
    );
    watch(
      model,
      judgement,
      worker,
      'memory-high',
      over(free, settings.memory),
      settings.memory,
      nowMs,
      () => `${share}, over ${settings.memory.above}`,
    );
  }
  const seen = new Set<ProcessName>();
  for (const usage of beat.usage) {
    seen.add(usage.name);
    judgeProcess(model, judgement, worker, usage, settings, nowMs);
    judgeLife(model, judgement, worker, usage, beat.atMs);
  }
  for (const subject of [...model.findings.keys()])
    if (subject.startsWith(`${worker}/`) && !seen.has(subject.slice(worker.length + 1) as ProcessName))
      clearAll(model, judgement, subject);
  return judgement;
}

function judgeProcess(
  model: Model,
  judgement: Judgement,
  worker: WorkerId,
  usage: ProcessUsage,
  settings: CoreSettings,
  nowMs: number,
): void {
  const subject = processKey(worker, usage.name);
  const cores = `uses ${usage.cpu.toFixed(2)} of a core`;
  const { cpu } = settings;
  watch(
    model,
    judgement,
    subject,
    'idle',
    under(usage.cpu, cpu),
    cpu,
    nowMs,
    () => `idle: ${cores}, under ${cpu.below} for ${cpu.forMs / 1000} s`,
  );
  watch(
    model,
    judgement,
    subject,
    'busy',
    over(usage.cpu, cpu),
    cpu,
    nowMs,
    () => `busy: ${cores}, over ${cpu.above} for ${cpu.forMs / 1000} s`,
  );
  // Between a death and its collection every process is a zombie for a moment.
  const forZombie = { ...AT_ONCE, forMs: ZOMBIE_SAMPLES * settings.samplingIntervalMs };
  const zombie = settings.zombieDetection ? usage.zombie : null;
  watch(model, judgement, subject, 'zombie', zombie !== null, forZombie, nowMs, () => ZOMBIE[zombie ?? 'leader-gone']);
  watch(
    model,
    judgement,
    subject,
    'unhealthy',
    usage.healthy === false,
    AT_ONCE,
    nowMs,
    () => `unhealthy: ${usage.healthError ?? 'its health check fails'}`,
  );
  const { warnings } = usage;
  watch(model, judgement, subject, 'silence', warnings.length > 0, AT_ONCE, nowMs, () => warnings.join('; '));
}

/** A healthy life ends a crash loop, as it empties the budget. Both times are the launcher's. */
function judgeLife(
  model: Model,
  judgement: Judgement,
  worker: WorkerId,
  { name, run }: ProcessUsage,
  atMs: number,
): void {
  const subject = processKey(worker, name);
  const finding = model.findings.get(subject)?.get('crash-loop');
  if (finding === undefined) return;
  const healthyAfterMs = model.processes.get(subject)?.spec?.restart.healthyAfterMs ?? 0;
  if (atMs - runBornAtMs(run) >= healthyAfterMs) judgement.cleared.push({ subject, finding });
}

/** As many samples in a row must show it. */
const ZOMBIE_SAMPLES = 3;
const AT_ONCE: Threshold = { below: null, above: null, forMs: 0, action: 'warn' };
const ZOMBIE = {
  'dead-unreaped': 'zombie: it is dead and its parent has not collected it',
  'leader-gone': 'zombie: its leader is gone while descendants live',
} as const;

const under = (value: number, threshold: Threshold): boolean => threshold.below !== null && value < threshold.below;
const over = (value: number, threshold: Threshold): boolean => threshold.above !== null && value > threshold.above;

function watch(
  model: Model,
  judgement: Judgement,
  subject: string,
  kind: Finding['kind'],
  crossed: boolean,
  threshold: Threshold,
  nowMs: number,
  message: () => string,
): void {
  const crossing = `${subject} ${kind}`;
  const finding = model.findings.get(subject)?.get(kind);
  if (!crossed) {
    model.crossings.delete(crossing);
    if (finding !== undefined) judgement.cleared.push({ subject, finding });
    return;
  }
  const sinceMs = model.crossings.get(crossing) ?? nowMs;
  model.crossings.set(crossing, sinceMs);
  if (finding === undefined && nowMs - sinceMs >= threshold.forMs)
    judgement.raised.push({ subject, finding: { kind, message: message(), sinceMs } });
}

function clearAll(model: Model, judgement: Judgement, subject: string): void {
  for (const finding of model.findings.get(subject)?.values() ?? []) {
    // Judged by reports: a process that waits for its restart has no samples, and loops all the same.
    if (finding.kind === 'crash-loop') continue;
    judgement.cleared.push({ subject, finding });
    model.crossings.delete(`${subject} ${finding.kind}`);
  }
}

/** The turn in which a judgement becomes facts. */
export const judgement = ({ raised, cleared }: CommandOf<'judge'>): Decision<'judge'> => ({
  facts: [
    ...raised.map(({ subject, finding }) => ({ kind: 'finding.raised' as const, subject, finding })),
    ...cleared.map(({ subject, finding }) => ({ kind: 'finding.cleared' as const, subject, finding })),
  ],
  effects: [],
  reply: null,
});
