/** POST /api/batch: one command for all that a selector means, each target with its own result. */
import { Refusal } from '../../../protocol/errors';
import { BatchBody, BatchReply, type BatchResult } from '../../../protocol/http';
import type { ProcessKey, WorkerId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import { select, type Selectable } from '../../../protocol/selector';
import type { ProcessView } from '../../../protocol/views';
import type { Action } from '../../engine/command';
import type { Engine } from '../../engine/engine';
import { commandAll } from '../../engine/waves';
import { actionOf, patienceOf } from './command';
import { route, type Asked, type HttpParts, type Route } from './route';

export const batchRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/batch',
    permission: 'process.control',
    asksItself: true,
    summary:
      'A command for every process a selector means, in the order of their dependencies, or `rolling`; `dry_run` only names them',
    body: BatchBody,
    reply: BatchReply,
    handle: (asked) => batch(engine, asked),
  }),
];

const NOTHING_DONE = { note: null, certificate: null } as const;

async function batch(
  engine: Engine,
  { body, by, may, hold }: Pick<Asked<BatchBody, unknown>, 'body' | 'by' | 'may' | 'hold'>,
): Promise<BatchReply> {
  const action = actionOf(body, engine.nowMs);
  const rolling = rollingOf(body, action);
  const targets = targetsOf(engine, body);
  const isMine = ({ worker_id: worker }: ProcessView): boolean => may(worker as WorkerId);
  const outcomes = body.dry_run
    ? null
    : await commandAll(engine, {
        targets: targets.filter(isMine).map(({ key }) => key as ProcessKey),
        action,
        by,
        hold,
        patience: patienceOf(body),
        rolling,
      });
  const results = targets.map((target): BatchResult => {
    const { key, worker_id, process } = target;
    const outcome = isMine(target)
      ? (outcomes?.get(key as ProcessKey) ?? { ok: true, message: `would ${body.command}`, ...NOTHING_DONE })
      : {
          ok: false,
          message: `${by.text} may not ${body.command} on ${worker_id}`,
          code: 'forbidden' as const,
          ...NOTHING_DONE,
        };
    return { key, worker_id, process, ...outcome };
  });
  return { success: results.every(({ ok }) => ok), matched: targets.length, results };
}

function rollingOf({ rolling, wait }: BatchBody, { kind }: Action): number | null {
  if (rolling === undefined) return null;
  if (kind !== 'start' && kind !== 'restart')
    throw new Refusal('bad_request', `rolling is for start and restart, not for ${kind}; nothing was done`);
  if (!wait)
    throw new Refusal('bad_request', 'rolling waits for each process; leave out "wait": false. Nothing was done');
  return rolling;
}

/** What a selector means now. */
export function targetsOf(engine: Engine, { selector }: Pick<BatchBody, 'selector'>): ProcessView[] {
  const words = typeof selector === 'string' ? selector.split(/[\s,]+/).filter((word) => word !== '') : selector;
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
  return chosen.map(({ view }) => view);
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
