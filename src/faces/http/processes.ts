/** /api/workers/<id>/processes: what a worker runs, and processes given to it from here. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { CommandReply, ProcessBody } from '../../../protocol/http';
import { WorkerId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import { ProcessSpec } from '../../../protocol/process-spec';
import { ProcessView } from '../../../protocol/views';
import { unknownWorker } from '../../core/processes/find';
import { settled } from '../../engine/command';
import { patienceOf } from './command';
import { workerNamed } from './named';
import { route, type HttpParts, type Route } from './route';

export const processRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/workers/:id/processes',
    permission: 'fleet.read',
    summary: 'The processes of a worker',
    reply: z.object({ processes: z.array(ProcessView) }),
    handle: ({ params }) => {
      const id = WorkerId.safeParse(params.id);
      const keys = engine.read((model) => {
        if (!id.success || !model.workers.has(id.data)) throw unknownWorker(model, params.id ?? '');
        return [...model.processes.of(id.data)].map(({ key }) => key);
      });
      return { processes: keys.map((key) => engine.processView(key)) };
    },
  }),
  route({
    method: 'post',
    path: '/api/workers/:id/processes',
    permission: 'process.define',
    on: workerNamed,
    summary: 'Define a process on a worker (again, when it is known) and start it unless `start` is false',
    body: ProcessBody,
    reply: CommandReply,
    handle: async ({ params, body, by, hold }) => {
      const { start, must_be_new: mustBeNew } = body;
      const issued = await engine.submit({
        kind: 'defineProcess',
        worker: params.id ?? '',
        spec: specOf(body),
        start,
        mustBeNew,
        by,
        hold,
      });
      return settled(engine, 'define', issued, patienceOf(body));
    },
  }),
  route({
    method: 'delete',
    path: '/api/workers/:id/processes/:process',
    permission: 'process.define',
    on: workerNamed,
    summary: 'Stop a process, verify that it is gone, and forget it; its output stays',
    reply: CommandReply,
    handle: async ({ params, by, hold }) => {
      const issued = await engine.submit({
        kind: 'forgetProcess',
        id: params.id ?? '',
        process: params.process ?? '',
        by,
        hold,
      });
      return settled(engine, 'forget', issued, { wait: true, timeoutMs: LIMITS.commandWaitMs });
    },
  }),
];

function specOf(body: ProcessBody): ProcessSpec {
  const seconds = (value: number | undefined): { delayMs?: number } =>
    value === undefined ? {} : { delayMs: value * 1000 };
  const parsed = ProcessSpec.safeParse({
    name: body.name,
    command: body.command,
    workingDir: body.working_dir ?? null,
    env: body.env,
    secrets: body.secrets,
    restart: {
      when: body.restart_policy,
      ...seconds(body.restart_delay),
      ...(body.max_restarts === undefined ? {} : { maxRestarts: body.max_restarts }),
    },
    type: body.worker_type,
    autoStart: body.start,
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal(
    'bad_request',
    `the process is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}
