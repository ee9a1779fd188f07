/** Schedules: read, run, paused, resumed. */
import type { RunReply, ScheduleReply, SchedulesReply } from '../../../protocol/schedules-http';
import { segment } from './address';
import { ask, post } from './ask';

const one = (name: string, what: string): string => `schedules/${segment(name)}${what}`;

export const readSchedules = (signal: AbortSignal): Promise<SchedulesReply> => ask('schedules', { signal });
export const runSchedule = (name: string): Promise<RunReply> => post(one(name, '/run'), {});
export const pauseSchedule = (name: string): Promise<ScheduleReply> => post(one(name, '/pause'), {});
export const resumeSchedule = (name: string): Promise<ScheduleReply> => post(one(name, '/resume'), {});
