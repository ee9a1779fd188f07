/** /api/workers: who is registered, and what is asked of them. Source: API_PROCGUARD section 1 (seed 002). */
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Waiting } from '../../../protocol/definitions';
import { Refusal } from '../../../protocol/errors';
import { CleanupBody, CommandBody, CommandReply, DisableBody, StopBody } from '../../../protocol/http';
import { runIdOf } from '../../../protocol/ids';
import { RegisterBody, RegisterReply } from '../../../protocol/link';
import { StreamWorkerBody, StreamWorkerReply } from '../../../protocol/simpletuner';
import { newAccountId } from '../../trust/credentials';
import type { Principal } from '../../trust/gate';
import { accountShown } from '../../trust/rights';
import { command } from '../../engine/command';
import { refuseReserved, registerLauncher, registerReply } from '../../engine/registration';
import { patienceOf, untilMs, verbOf } from './command';
import { processNamed, workerNamed } from './named';
import { route, straightRoute, type HttpParts, type Route } from './route';
import { rows, workerRow } from './seed-shapes';
import { isStreamWorker, registerStreamWorker } from './simpletuner-register';

/** The original's clients beat every 5 s and do not say so. */
const SEED_HEARTBEAT_SECONDS = 5;

const Wait = Waiting.extend({ process: z.string().optional() });

export const workerRoutes = ({ engine, gate }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/workers',
    permission: 'fleet.read',
    summary: 'Every worker by id, in the shape of the original API, with more fields',
    handle: () => Object.fromEntries(rows(engine).map((row) => [row.id, workerRow(row)])),
  }),
  route({
    method: 'post',
    path: '/api/workers/register',
    permission: 'worker.link',
    asksItself: true,
    summary:
      'Register a worker: a launcher (field `launcher`), a plain client that beats by HTTP, or with `name` a worker of SimpleTuner',
    body: z.union([RegisterBody, StreamWorkerBody]),
    branchOf: (body) => (isStreamWorker(body) ? StreamWorkerBody : RegisterBody),
    reply: z.union([RegisterReply, StreamWorkerReply]),
    handle: ({ body, principal, caller }) =>
      isIntroduction(body)
        ? registerStreamWorker(engine, body, principal)
        : body.launcher === undefined
          ? registerPlain(engine, body, principal)
          : registerLauncher(engine, body.launcher, {
              proof: gate.proofOf(body.launcher, caller),
              newAccount: newAccountId(),
              mayHold: body.may_hold === true,
            }),
  }),
  route({
    method: 'post',
    path: '/api/workers/cleanup',
    permission: 'admin.workers',
    summary: 'Forget workers that are over; `force_remove_all` forgets every one. Nothing is stopped',
    body: CleanupBody,
    handle: async ({ body, by }) => {
      const { removed } = await engine.submit({
        kind: 'cleanup',
        stopped: body.cleanup_stopped,
        all: body.force_remove_all,
        by,
      });
      return { success: true, removed_count: removed };
    },
  }),
  route({
    method: 'post',
    path: '/api/workers/reset',
    permission: 'admin.workers',
    summary: 'Forget every worker. Nothing is stopped; launchers that run register again at once',
    body: z.object({}).loose(),
    handle: async ({ by }) => {
      const { removed } = await engine.submit({ kind: 'cleanup', stopped: true, all: true, by });
      return {
        success: true,
        removed_count: removed,
        message: `${removed} workers forgotten; launchers that still run come back by themselves`,
      };
    },
  }),
  route({
    method: 'post',
    path: '/api/workers/:id/unregister',
    permission: 'worker.link',
    on: workerNamed,
    summary: 'Forget a worker. What it runs is left alone',
    body: z.object({}).loose(),
    handle: async ({ params, by }) => {
      await engine.submit({ kind: 'removeWorker', id: params.id ?? '', by, why: 'unregistered' });
      return { success: true };
    },
  }),
  straightRoute({
    method: 'post',
    path: '/api/workers/:id/command',
    permission: 'process.control',
    on: processNamed,
    summary:
      'start | stop | restart | kill; answered when it is so (within `timeout` s), unless `wait` is false or the worker is away',
    body: CommandBody,
    reply: CommandReply,
    handle: ({ params, body, by, hold }) => {
      const action = { kind: verbOf(body.command) };
      const order = { id: params.id ?? '', process: body.process ?? null, action, by, hold };
      return command(engine, order, patienceOf(body));
    },
  }),
  ...(['start', 'restart', 'kill'] as const).map((verb) =>
    route({
      method: 'post',
      path: `/api/workers/:id/${verb}`,
      permission: 'process.control',
      on: processNamed,
      summary: `The same as command ${verb}`,
      body: Wait,
      reply: CommandReply,
      handle: async ({ params, body, by, hold }) => {
        const id = params.id ?? '';
        return {
          ...(await command(
            engine,
            { id, process: body.process ?? null, action: { kind: verb }, by, hold },
            patienceOf(body),
          )),
          type: typeOf(engine, id),
        };
      },
    }),
  ),
  route({
    method: 'post',
    path: '/api/workers/:id/stop',
    permission: 'process.control',
    on: processNamed,
    summary: 'The same as command stop; with `force`, as command kill',
    body: StopBody,
    reply: CommandReply,
    handle: async ({ params, body, by, hold }) => {
      const id = params.id ?? '';
      const verb = body.force ? 'kill' : 'stop';
      return {
        ...(await command(
          engine,
          { id, process: body.process ?? null, action: { kind: verb }, by, hold },
          patienceOf(body),
        )),
        type: typeOf(engine, id),
      };
    },
  }),
  route({
    method: 'post',
    path: '/api/workers/:id/disable',
    permission: 'process.control',
    on: processNamed,
    summary: 'Stop a process and keep it stopped, whatever would start it, until it is enabled or `until` has come',
    body: DisableBody,
    reply: CommandReply,
    handle: ({ params, body, by, hold }) => {
      const action = { kind: 'disable', reason: body.reason, untilMs: untilMs(body.until, engine.nowMs) } as const;
      const order = { id: params.id ?? '', process: body.process ?? null, action, by, hold };
      return command(engine, order, patienceOf(body));
    },
  }),
  route({
    method: 'post',
    path: '/api/workers/:id/enable',
    permission: 'process.control',
    on: processNamed,
    summary: 'A disabled process may run again, and does if it was wanted when it was disabled',
    body: Wait,
    reply: CommandReply,
    handle: ({ params, body, by, hold }) => {
      const order = {
        id: params.id ?? '',
        process: body.process ?? null,
        action: { kind: 'enable' },
        by,
        hold,
      } as const;
      return command(engine, order, patienceOf(body));
    },
  }),
];

const isIntroduction = (body: RegisterBody | StreamWorkerBody): body is StreamWorkerBody => !('worker_id' in body);

const typeOf = (engine: HttpParts['engine'], id: string): 'local' | 'remote' =>
  rows(engine).find((row) => row.id === id)?.worker.type === 'local' ? 'local' : 'remote';

async function registerPlain(
  engine: HttpParts['engine'],
  body: RegisterBody,
  principal: Principal,
): Promise<RegisterReply> {
  refuseReserved(body.worker_id);
  const account = accountShown(principal, body.worker_id);
  if (body.command === undefined || body.command === '')
    throw new Refusal(
      'bad_request',
      'the body needs worker_id and command, as in {"worker_id":"w1","command":"python train.py"}',
    );
  const { paceMs } = await engine.submit({
    kind: 'registerPlain',
    id: body.worker_id,
    command: body.command,
    workingDir: body.working_dir ?? null,
    hostname: body.hostname ?? hostname(),
    labels: body.labels ?? {},
    heartbeatIntervalMs: (body.heartbeat_interval ?? SEED_HEARTBEAT_SECONDS) * 1000,
    run: runIdOf(engine.nowMs, base32(randomBytes(12))),
    account,
    by: principal.asker,
  });
  return registerReply(engine, body.worker_id, paceMs);
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const base32 = (bytes: Buffer): string => [...bytes].map((byte) => ALPHABET[byte & 31]).join('');
