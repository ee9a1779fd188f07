/** What was found before against what is seen now: a finding is raised once, when it has been so for long enough, and cleared once. */
import type { FindingOf } from '../commands';
import type { Finding, Model } from '../model';

export interface Sight {
  readonly isSo: boolean;
  /** For how long it must be so. */
  readonly forMs: number;
  readonly message: () => string;
}

export class Watcher {
  readonly raised: FindingOf[] = [];
  readonly cleared: FindingOf[] = [];

  constructor(
    private readonly model: Model,
    private readonly nowMs: number,
  ) {}

  see(subject: string, kind: Finding['kind'], { isSo, forMs, message }: Sight): void {
    const crossing = crossingOf(subject, kind);
    const finding = this.model.findings.get(subject)?.get(kind);
    if (!isSo) {
      this.model.crossings.delete(crossing);
      if (finding !== undefined) this.cleared.push({ subject, finding });
      return;
    }
    const sinceMs = this.model.crossings.get(crossing) ?? this.nowMs;
    this.model.crossings.set(crossing, sinceMs);
    if (finding === undefined && this.nowMs - sinceMs >= forMs)
      this.raised.push({ subject, finding: { kind, message: message(), sinceMs } });
  }

  /** Everything that samples have shown of it is over. */
  clear(subject: string): void {
    for (const finding of findingsBySamples(this.model, subject)) this.cleared.push({ subject, finding });
    forgetCrossings(this.model, subject);
  }
}

/** Crash loops are judged by reports: a process that waits for its restart has no samples, and loops all the same. */
export const findingsBySamples = (model: Model, subject: string): Finding[] =>
  [...(model.findings.get(subject)?.values() ?? [])].filter(({ kind }) => kind !== 'crash-loop');

const BY_SAMPLES = ['idle', 'busy', 'zombie', 'unhealthy', 'silence'] as const;

export function forgetCrossings(model: Model, subject: string): void {
  for (const kind of BY_SAMPLES) model.crossings.delete(crossingOf(subject, kind));
}

const crossingOf = (subject: string, kind: Finding['kind']): string => `${subject} ${kind}`;
