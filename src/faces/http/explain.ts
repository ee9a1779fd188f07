/** /api/explain/<target>: why a process or a worker is as it is. A crash has the last lines of its run beside it. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { Explanation } from '../../../protocol/views';
import type { Process } from '../../core/model';
import { explain, targetOf, type Target } from '../../core/why/explain';
import { whenGone } from './pipe';
import { route, type HttpParts, type Route } from './route';

const EVENTS_LOOKED_AT = 100;
const LAST_LINES = 5;
const LINE_CHARS_SHOWN = 500;
/** Ended by something of its own: then its last words may say why. */
const CRASHES = new Set<Explanation['cause_kind']>(['exit', 'oom', 'stranger', 'probe', 'budget']);

const YesNo = z.enum(['0', '1', 'false', 'true']).transform((word) => word === '1' || word === 'true');

export const explainRoutes = (parts: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/explain/:target',
    permission: 'fleet.read',
    summary:
      'Why a process (its id, name or key, the slash as %2F) or a worker is as it is: cause, evidence, what lies behind it, what happens next; `node=1` asks for the worker of that name, `output=0` leaves the last lines of a crash out',
    query: z.object({ node: YesNo.default(false), output: YesNo.default(true) }),
    reply: Explanation,
    handle: async ({ params, query, response }) => {
      const { target, explanation } = explained(parts, params.target ?? '', query.node);
      const isCrash = target.kind === 'process' && CRASHES.has(explanation.cause_kind);
      if (!isCrash || !query.output) return explanation;
      const lines = await lastLines(parts, target.process, whenGone(response));
      return { ...explanation, evidence: [...explanation.evidence, ...lines] };
    },
  }),
];

function explained({ engine }: HttpParts, name: string, isNode: boolean) {
  return engine.read((model) => {
    const look = { model, settings: engine.settings, nowMs: engine.nowMs };
    const target = targetOf(look, name, isNode);
    if (target instanceof Refusal) throw target;
    const events = engine.events({ limit: EVENTS_LOOKED_AT, ...filterOf(target) });
    return { target, explanation: explain(look, target, events) };
  });
}

const filterOf = (target: Target) =>
  target.kind === 'worker'
    ? { worker: target.worker.id }
    : { worker: target.process.worker, process: target.process.name };

/** Of the run that ended last: what runs now says nothing about it. */
async function lastLines({ logs }: HttpParts, process: Process, signal: AbortSignal): Promise<Explanation['evidence']> {
  if (process.lastEndedRun === null) return [];
  const lines = await logs.tail(process.worker, process.name, { lines: LAST_LINES, run: process.lastEndedRun, signal });
  return lines.map(({ atMs, text }) => ({ at_ms: atMs, what: `output: ${text.slice(0, LINE_CHARS_SHOWN)}` }));
}
