/** Workers' credentials: who holds one, minted, rotated, revoked; and workers drained. Source: API_JOBS 1B (seed 004). */
import { z } from 'zod';
import { WorkerId } from '../../../protocol/ids';
import { AdminWorkersReply, MintedWorker, NewWorkerBody } from '../../../protocol/trust-http';
import type { Model } from '../../core/model';
import { adminWorkers } from '../../core/trust/admin-view';
import type { Account } from '../../core/trust/rows';
import { refuseReserved } from '../../engine/registration';
import { hashOf, newAccountId, newToken } from '../../trust/credentials';
import { route, type Asked, type HttpParts, type Route } from './route';

const Flag = z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1');
const Nothing = z.object({}).loose();

export const adminWorkerRoutes = ({ engine, joining }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/admin/workers',
    permission: 'admin.workers',
    summary:
      'Every worker that has a credential, is registered, or waits for approval; `status_filter` keeps one status',
    query: z.object({ status_filter: z.string().optional() }),
    reply: AdminWorkersReply,
    handle: ({ query: { status_filter: wanted } }) => {
      const all = engine.read((model) => adminWorkers(model, engine.nowMs));
      const workers = all.filter(({ status }) => wanted === undefined || status === wanted.toLowerCase());
      return { workers, total: workers.length };
    },
  }),
  route({
    method: 'post',
    path: '/api/admin/workers',
    permission: 'admin.workers',
    summary: 'A credential for a worker, its token shown this once, with the line to run on its machine',
    body: NewWorkerBody,
    reply: MintedWorker,
    handle: async ({ body, by, request }) => {
      if (body.worker_id !== undefined) refuseReserved(body.worker_id);
      const token = newToken('wt');
      const account = await engine.submit({
        kind: 'mintAccount',
        account: {
          id: newAccountId(),
          name: body.name,
          worker: body.worker_id ?? null,
          credential: { kind: 'token', hash: hashOf(token) },
          workerType: body.worker_type,
          labels: body.labels,
          source: 'minted',
          createdAtMs: engine.nowMs,
          createdBy: by.text,
        },
        by,
      });
      return minted(account, token, (worker) => joining.workerLine(request, worker, token));
    },
  }),
  route({
    method: 'post',
    path: '/api/admin/workers/:id/token',
    permission: 'admin.workers',
    on: accountNamed,
    summary: 'A new token in place of the credential, shown this once; what uses the old one is cut at once',
    body: Nothing,
    reply: MintedWorker,
    handle: async ({ params, by, request }) => {
      const token = newToken('wt');
      const account = await engine.submit({
        kind: 'rotateAccount',
        id: params.id ?? '',
        hash: hashOf(token),
        newAccount: newAccountId(),
        by,
      });
      return minted(account, token, (worker) => joining.workerLine(request, worker, token));
    },
  }),
  route({
    method: 'delete',
    path: '/api/admin/workers/:id',
    permission: 'admin.workers',
    on: accountNamed,
    summary:
      'Revoke a credential and forget its worker. Refused while that is connected, unless `force=true`; nothing is stopped',
    query: z.object({ force: Flag.default(false) }),
    handle: async ({ params, query, by }) => {
      const id = params.id ?? '';
      await engine.submit({ kind: 'removeAccount', id, isForced: query.force, by });
      return { success: true, worker_id: id };
    },
  }),
  ...([true, false] as const).map((isDraining) =>
    route({
      method: 'post',
      path: `/api/admin/workers/:id/${isDraining ? 'drain' : 'undrain'}`,
      permission: 'worker.drain',
      on: accountNamed,
      summary: isDraining
        ? 'What runs there goes on, and nothing new comes to it, until it is undrained'
        : 'It takes work again',
      body: Nothing,
      handle: async ({ params, by }) => {
        const id = params.id ?? '';
        const { worker } = await engine.submit({ kind: 'drain', id, isDraining, by });
        const status = isDraining ? 'draining' : (engine.workerView(worker)?.state ?? 'offline');
        return { success: true, worker_id: id, status };
      },
    }),
  ),
];

/** Of a credential that nobody used yet there is no worker: it is everybody's. */
function accountNamed(model: Model, { params }: Pick<Asked<unknown, unknown>, 'params'>): WorkerId[] {
  const id = params.id ?? '';
  const worker = model.trust.accountNamed(id)?.worker ?? id;
  return [worker as WorkerId];
}

const minted = ({ id, name, worker }: Account, token: string, lineFor: (worker: string) => string) => ({
  worker_id: id,
  token,
  name,
  connection_command: lineFor(worker ?? idFrom(name)),
});

/** A name that people write, as the id that a launcher starts with. */
function idFrom(name: string): string {
  const id = name
    .trim()
    .replaceAll(/[^\w.:@-]+/g, '-')
    .replace(/^[^A-Za-z0-9_]+/, '');
  return WorkerId.safeParse(id).success ? id : 'worker';
}
