/** /api/schedules: jobs by the calendar. Their jobs are under /api/jobs?schedule=<name>. */
import { Refusal } from '../../../protocol/errors';
import { jobSpecOf, type JobWords } from '../../../protocol/job-document';
import { ScheduleName } from '../../../protocol/schedules';
import {
  NewScheduleBody,
  RunReply,
  ScheduleBody,
  ScheduleReply,
  SchedulesReply,
  ScheduleView,
  type ScheduleWords,
} from '../../../protocol/schedules-http';
import { unknownSchedule } from '../../core/schedules/keeping';
import type { NewSchedule, Schedule } from '../../core/schedules/rows';
import { scheduleRow, scheduleView } from '../../core/schedules/view';
import type { Engine } from '../../engine/engine';
import { findJob } from './job';
import { withKnownSecrets } from './job-secrets';
import { route, type Asked, type HttpParts, type Route } from './route';

export const scheduleRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/schedules',
    permission: 'fleet.read',
    summary:
      'Schedules by name: when each is next, its newest job and how that ended; `now_ms` is the clock they go by',
    reply: SchedulesReply,
    handle: (): SchedulesReply =>
      engine.read((model) => ({
        schedules: [...model.schedules.all.values()]
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map((schedule) => scheduleRow(model, schedule)),
        now_ms: engine.wallMs,
      })),
  }),
  route({
    method: 'post',
    path: '/api/schedules',
    permission: 'job.submit',
    asksItself: true,
    summary: 'A new schedule: a job at the times of a cron expression, in a time zone; its name must be free',
    body: NewScheduleBody,
    reply: ScheduleReply,
    handle: ({ body: { name, ...words }, ...asked }) => set(engine, name, words, asked, true),
  }),
  route({
    method: 'get',
    path: '/api/schedules/:name',
    permission: 'fleet.read',
    summary: 'A schedule: its next five times, what it runs (secrets masked), its newest job and how that ended',
    reply: ScheduleView,
    handle: ({ params }) => {
      const schedule = find(engine, params.name ?? '');
      return engine.read((model) => scheduleView(model, schedule, engine.wallMs));
    },
  }),
  route({
    method: 'put',
    path: '/api/schedules/:name',
    permission: 'job.submit',
    asksItself: true,
    summary: 'Makes a schedule, or changes it as a whole; a secret given as the mask stays as it is',
    body: ScheduleBody,
    reply: ScheduleReply,
    handle: ({ params, body, ...asked }) => set(engine, nameOf(params.name ?? ''), body, asked, false),
  }),
  route({
    method: 'delete',
    path: '/api/schedules/:name',
    permission: 'job.control',
    asksItself: true,
    summary: 'Removes a schedule; its jobs stay as they are',
    reply: ScheduleReply,
    handle: async ({ params, by, holdJob: hold }): Promise<ScheduleReply> => {
      const name = params.name ?? '';
      const removed = await engine.submit({ kind: 'removeSchedule', name, by, hold, wallMs: engine.wallMs });
      return told(engine, removed, `schedule ${name} is removed`);
    },
  }),
  route({
    method: 'post',
    path: '/api/schedules/:name/run',
    permission: 'job.submit',
    asksItself: true,
    summary: 'Submits a job of a schedule now, beside its times; refused while one is not over, if its overlap is skip',
    reply: RunReply,
    handle: async ({ params, by, holdJob: hold }): Promise<RunReply> => {
      const name = params.name ?? '';
      const { id } = await engine.submit({ kind: 'runSchedule', name, by, hold, wallMs: engine.wallMs });
      return { success: true, message: `schedule ${name} submitted job ${id}`, job_id: id };
    },
  }),
  ...(['pause', 'resume'] as const).map((verb) =>
    route({
      method: 'post',
      path: `/api/schedules/:name/${verb}`,
      permission: 'job.control',
      asksItself: true,
      summary:
        verb === 'pause'
          ? 'Nothing is submitted at its times until it is resumed; its jobs stay as they are'
          : 'Goes on with its next time; what went by is not caught up with',
      reply: ScheduleReply,
      handle: async ({ params, by, holdJob: hold }): Promise<ScheduleReply> => {
        const isEnabled = verb === 'resume';
        const name = params.name ?? '';
        const schedule = await engine.submit({
          kind: 'enableSchedule',
          name,
          isEnabled,
          by,
          hold,
          wallMs: engine.wallMs,
        });
        return told(engine, schedule, `schedule ${name} is ${isEnabled ? 'active' : 'paused'}`);
      },
    }),
  ),
];

type Who = Pick<Asked<unknown, unknown>, 'by' | 'holdJob'>;

async function set(
  engine: Engine,
  name: ScheduleName,
  words: ScheduleWords,
  { by, holdJob: hold }: Who,
  mustBeNew: boolean,
): Promise<ScheduleReply> {
  const { schedule, isNew } = await engine.submit({
    kind: 'setSchedule',
    schedule: newSchedule(engine, name, words, { by, holdJob: hold }),
    owner: by.name,
    mustBeNew,
    by,
    hold,
    wallMs: engine.wallMs,
  });
  return told(engine, schedule, `schedule ${name} is ${isNew ? 'created' : 'changed'}`);
}

/** @throws Refusal bad_request, unknown_job, forbidden */
function newSchedule(engine: Engine, name: ScheduleName, words: ScheduleWords, { by, holdJob }: Who): NewSchedule {
  const { like, hold, ...job } = words.job;
  const spec = withKnownSecrets(jobSpecOf({ ...job, ...OF_ONE_JOB }, engine.nowMs), {
    field: 'job.',
    secretNames: engine.settings.secretNames,
    whose: like === undefined ? `schedule ${name}` : 'the job that "like" names',
    known: () => {
      const holder = like === undefined ? engine.read(({ schedules }) => schedules.get(name)) : findJob(engine, like);
      // Whoever may not see a secret must not be able to have it printed.
      const refusal = holder === null || holder.owner === by.name ? null : holdJob({});
      if (refusal !== null) throw refusal;
      return holder?.spec ?? null;
    },
  });
  return {
    name,
    spec,
    needsApproval: hold,
    cron: words.cron,
    timeZone: words.time_zone,
    overlap: words.overlap,
    catchUp: words.catch_up,
    isEnabled: words.enabled,
    startsAtMs: momentOf(words.starts_at),
    endsAtMs: momentOf(words.ends_at),
  };
}

/** What a schedule has no word for: its own times say when, and its jobs wait for none of before. */
const OF_ONE_JOB: Pick<JobWords, 'after' | 'after_mode' | 'not_before'> = {
  after: [],
  after_mode: 'completed',
  not_before: null,
};

const momentOf = (date: string | null): number | null => (date === null ? null : Date.parse(date));

function nameOf(text: string): ScheduleName {
  const name = ScheduleName.safeParse(text);
  if (name.success) return name.data;
  throw new Refusal('bad_request', `name: ${name.error.issues[0]?.message ?? 'not understood'}`);
}

const find = (engine: Engine, name: string): Schedule =>
  engine.read((model) => {
    const schedule = model.schedules.get(name);
    if (schedule === null) throw unknownSchedule(model, name);
    return schedule;
  });

/** As it is now; one that is removed, as it was. */
const told = (engine: Engine, schedule: Schedule, message: string): ScheduleReply =>
  engine.read((model) => ({
    success: true,
    message,
    schedule: scheduleRow(model, model.schedules.get(schedule.name) ?? schedule),
  }));
