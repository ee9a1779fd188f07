/** Schedules: read, given, run, paused, resumed, removed. */
import type {
  NewScheduleBody,
  RunReply,
  ScheduleBody,
  ScheduleReply,
  SchedulesReply,
  ScheduleView,
} from '../../../protocol/schedules-http';
import { segment } from './address';
import { ask, post, put, remove } from './ask';

const one = (name: string, what = ''): string => `schedules/${segment(name)}${what}`;

export const readSchedules = (signal: AbortSignal): Promise<SchedulesReply> => ask('schedules', { signal });
export const readSchedule = (name: string, signal: AbortSignal): Promise<ScheduleView> => ask(one(name), { signal });
/** Refused when its name is taken. */
export const createSchedule = (body: NewScheduleBody): Promise<ScheduleReply> => post('schedules', body);
/** As a whole. */
export const changeSchedule = (name: string, body: ScheduleBody): Promise<ScheduleReply> => put(one(name), body);
export const runSchedule = (name: string): Promise<RunReply> => post(one(name, '/run'), {});
export const pauseSchedule = (name: string): Promise<ScheduleReply> => post(one(name, '/pause'), {});
export const resumeSchedule = (name: string): Promise<ScheduleReply> => post(one(name, '/resume'), {});
export const removeSchedule = (name: string): Promise<ScheduleReply> => remove(one(name));
