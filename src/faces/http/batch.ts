/** POST /api/batch: one command for all that a selector means, each target with its own result. */
import { Refusal } from '../../../protocol/errors';
import { BatchBody, BatchReply } from '../../../protocol/http';
import { LIMITS } from '../../../protocol/limits';
import { select, type Selectable } from '../../../protocol/selector';
import type { ProcessView } from '../../../protocol/views';
import type { Engine } from '../../engine/engine';
import { command, verbOf } from './command';
import { route, type HttpParts, type Route } from './route';

export const batchRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/batch',
    summary: 'A command for every process a selector means; `dry_run` only names them',
    body: BatchBody,
    reply: BatchReply,
    handle: ({ body, by }) => batch(engine, body, by),
  }),
];

async function batch(engine: Engine, body: BatchBody, by: string): Promise<BatchReply> {
  verbOf(body.command);
  const words =
    typeof body.selector === 'string' ? body.selector.split(/[\s,]+/).filter((word) => word !== '') : body.selector;
  const { chosen, unknown } = select(words, selectables(engine));
  if (unknown.length > 0)
    throw new Refusal(
      'unknown_process',
      `no process is called ${unknown.slice(0, 10).join(', ')}; nothing was done. GET /api/processes lists all there are`,
      { unknown },
    );
  if (chosen.length > LIMITS.batchTargetsMax)
    throw new Refusal(
      'bad_request',
      `the selector means ${chosen.length} processes; ${LIMITS.batchTargetsMax} at once is the limit`,
    );
  const results = await Promise.all(
    chosen.map(async ({ view }) => ({
      key: view.key,
      worker_id: view.worker_id,
      process: view.process,
      ...(body.dry_run
        ? { ok: true, message: `would ${body.command}`, certificate: null }
        : await attempt(engine, view, body, by)),
    })),
  );
  return { success: results.every(({ ok }) => ok), matched: chosen.length, results };
}

async function attempt(engine: Engine, view: ProcessView, body: BatchBody, by: string) {
  try {
    const { message, certificate } = await command(engine, {
      id: view.worker_id,
      process: view.process,
      verb: body.command,
      wait: body.wait,
      by,
    });
    return { ok: true, message, certificate };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { certificate } = error.details as { certificate?: BatchReply['results'][number]['certificate'] };
    return { ok: false, message: error.message, certificate: certificate ?? null };
  }
}

function selectables(engine: Engine): (Selectable & { view: ProcessView })[] {
  return engine
    .read((model) =>
      [...model.processes.values()].map(({ key, worker }) => ({
        key,
        labels: model.workers.get(worker)?.labels ?? {},
      })),
    )
    .flatMap(({ key, labels }) => {
      const view = engine.processView(key);
      return view === null
        ? []
        : [{ view, key, id: view.id, worker: view.worker_id, process: view.process, labels, state: view.state }];
    });
}
