/** What the engine is asked about schedules, and what comes of it. `wallMs`: the wall's time when it was asked. */
import type { Asker } from '../../../protocol/trust';
import type { Job } from '../jobs/rows';
import type { HoldJob } from '../jobs/words';
import type { NewSchedule, Schedule } from './rows';

interface Asked {
  readonly by: Asker;
  readonly hold?: HoldJob | undefined;
  readonly wallMs: number;
}

export type ScheduleCommand =
  /** As a whole: what was there under its name is replaced. */
  | (Asked & {
      readonly kind: 'setSchedule';
      readonly schedule: NewSchedule;
      readonly owner: string;
      /** Refused when the name is taken. */
      readonly mustBeNew: boolean;
    })
  /** Its jobs stay as they are. */
  | (Asked & { readonly kind: 'removeSchedule'; readonly name: string })
  /** Pauses, resumes. What goes by meanwhile is not caught up with. */
  | (Asked & { readonly kind: 'enableSchedule'; readonly name: string; readonly isEnabled: boolean })
  /** A job of it now, beside its times; a paused one too. */
  | (Asked & { readonly kind: 'runSchedule'; readonly name: string })
  /** Its time has come, by the engine's clock. */
  | { readonly kind: 'fireSchedule'; readonly name: string; readonly wallMs: number };

export interface ScheduleReplies {
  setSchedule: { readonly schedule: Schedule; readonly isNew: boolean };
  removeSchedule: Schedule;
  enableSchedule: Schedule;
  runSchedule: Job;
  fireSchedule: null;
}

/** What became of one planned time, or of several that went by. */
export type Firing =
  | { readonly kind: 'submitted'; readonly missed: number }
  /** `isFirst`: at the time before it a job was submitted. */
  | { readonly kind: 'skipped' | 'refused'; readonly missed: number; readonly isFirst: boolean }
  | { readonly kind: 'missed'; readonly missed: number }
  /** The wall's clock was set back so far that what was decided lies ahead of it. */
  | { readonly kind: 'set-back'; readonly missed: 0 };

export type ScheduleFact =
  /** `firing`: null = somebody changed it, or its last job ended. */
  | { readonly kind: 'schedule.set'; readonly schedule: Schedule; readonly firing: Firing | null; readonly why: string }
  | { readonly kind: 'schedule.removed'; readonly name: string };
