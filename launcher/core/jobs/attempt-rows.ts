/**
 * What a launcher remembers of the attempts it holds, as entries of its journal and as the rows that these make. Pure: the
 * rows in memory are made by the same entries that a launcher which comes after this one reads again, so that both know
 * the same.
 */
import { z } from 'zod';
import { Exit } from '../../../protocol/exit';
import { RunId } from '../../../protocol/ids';
import { AttemptId, AttemptOutcome, JobId } from '../../../protocol/jobs';
import { ProcessSpec } from '../../../protocol/process-spec';
import { StopCertificate } from '../../../protocol/process-state';

/** When, on the machine's own clock: ms since its boot, which no setting of the wall clock moves. */
const upMs = z.number();

/** On which terms it is held. Written down before its process is born. */
export const Terms = z.object({
  job: JobId,
  epoch: z.number().int(),
  trustMs: z.number(),
  runMs: z.number().nullable(),
  silenceMs: z.number().nullable(),
  /** A pattern for lines of its output; null = it tells no progress. */
  progress: z.string().nullable(),
  /** Of the boot in which it was given. */
  bootId: z.string(),
  /** When the word to run it came. */
  upMs,
  /** From when its first trust counts, where that is earlier: what the word said that its manager had heard. */
  fromUpMs: upMs.optional(),
});
export type Terms = z.infer<typeof Terms>;

/** Asked to end, and as what its end counts. */
export const Stop = z.object({
  outcome: AttemptOutcome,
  by: z.string(),
  why: z.string(),
  /** True = the manager's word; a newer one of it counts more. */
  isAsked: z.boolean(),
});
export type Stop = z.infer<typeof Stop>;

export const End = z.object({
  /** Null = it was never born. */
  run: RunId.nullable(),
  outcome: AttemptOutcome,
  why: z.string(),
  /** It was not born, for a reason that may pass. */
  isHindered: z.literal(true).optional(),
  exit: Exit.nullable(),
  certificate: StopCertificate.nullable(),
  outputBytes: z.number().int(),
});
export type End = z.infer<typeof End>;

/** A run that was begun without a keeper. On the kernel's side before its process is born. */
export const SprintBegun = z.object({
  run: RunId,
  /** Its directory, until it is over or has a keeper. */
  place: z.string(),
  spec: ProcessSpec,
});
export type SprintBegun = z.infer<typeof SprintBegun>;

const of = { attempt: AttemptId };
export const AttemptEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('held'), ...of, terms: Terms }),
  z.object({ kind: z.literal('sprint'), ...of, ...SprintBegun.shape }),
  z.object({ kind: z.literal('started'), ...of, run: RunId, upMs }),
  z.object({ kind: z.literal('stop'), ...of, stop: Stop }),
  z.object({ kind: z.literal('ended'), ...of, end: End }),
  z.object({ kind: z.literal('forgotten'), ...of }),
  /** All that was held then is trusted anew from when the question was sent. */
  z.object({ kind: z.literal('renewed'), bootId: z.string(), upMs }),
  /** From here on it was written in this boot. */
  z.object({ kind: z.literal('boot'), bootId: z.string() }),
]);
export type AttemptEntry = z.infer<typeof AttemptEntry>;

export interface AttemptRow {
  readonly attempt: AttemptId;
  /** Null = nothing was ever begun for it here. */
  readonly terms: Terms | null;
  /** Null = it was begun with a keeper, or not at all. */
  readonly sprint: SprintBegun | null;
  readonly started: { readonly run: RunId; readonly upMs: number } | null;
  readonly stop: Stop | null;
  /** Null = it is not over. */
  readonly end: End | null;
}

export interface AttemptRows {
  readonly byId: Map<AttemptId, AttemptRow>;
  renewed: { readonly bootId: string; readonly upMs: number } | null;
  /** In which they were begun; null = none was, or by a version that had each on the disk before it began. */
  boot: string | null;
}

export const noRows = (): AttemptRows => ({ byId: new Map(), renewed: null, boot: null });

export function apply(rows: AttemptRows, entry: AttemptEntry): void {
  const { byId } = rows;
  if (entry.kind === 'renewed') {
    rows.renewed = { bootId: entry.bootId, upMs: entry.upMs };
    return;
  }
  if (entry.kind === 'boot') {
    rows.boot = entry.bootId;
    return;
  }
  const { attempt } = entry;
  const row = byId.get(attempt) ?? { attempt, terms: null, sprint: null, started: null, stop: null, end: null };
  switch (entry.kind) {
    case 'held':
      return void byId.set(attempt, { ...row, terms: entry.terms });
    case 'sprint':
      return void byId.set(attempt, { ...row, sprint: { run: entry.run, place: entry.place, spec: entry.spec } });
    case 'started':
      return void byId.set(attempt, { ...row, started: { run: entry.run, upMs: entry.upMs } });
    case 'stop':
      return void byId.set(attempt, { ...row, stop: entry.stop });
    case 'ended':
      return void byId.set(attempt, { ...row, end: entry.end });
    case 'forgotten':
      return void byId.delete(attempt);
  }
}

/** The fewest entries that make these rows. */
export function entriesOf({ byId, renewed, boot }: AttemptRows): AttemptEntry[] {
  const entries = [...byId.values()].flatMap(({ attempt, terms, sprint, started, stop, end }): AttemptEntry[] => [
    ...(terms === null ? [] : [{ kind: 'held', attempt, terms } as const]),
    ...(sprint === null ? [] : [{ kind: 'sprint', attempt, ...sprint } as const]),
    ...(started === null ? [] : [{ kind: 'started', attempt, ...started } as const]),
    ...(stop === null ? [] : [{ kind: 'stop', attempt, stop } as const]),
    ...(end === null ? [] : [{ kind: 'ended', attempt, end } as const]),
  ]);
  return [
    ...(boot === null ? [] : [{ kind: 'boot', bootId: boot } as const]),
    ...(renewed === null ? [] : [{ kind: 'renewed', ...renewed } as const]),
    ...entries,
  ];
}
