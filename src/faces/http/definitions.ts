/** /api/plan, /api/apply, /api/rollback and the versions: definitions given from here. */
import { z } from 'zod';
import { ApplyReply, PlanReply, RollbackBody, VersionsReply, type VersionView } from '../../../protocol/definitions';
import { Refusal } from '../../../protocol/errors';
import { LIMITS } from '../../../protocol/limits';
import { SetDocument } from '../../../protocol/process-document';
import { commandText } from '../../../protocol/process-spec';
import { differences } from '../../core/definitions/difference';
import { findDefinition, planRollback } from '../../core/definitions/plan-rollback';
import { planSet } from '../../core/definitions/plan-set';
import { presentVersion, type Definition } from '../../core/definitions/versions';
import { changeSettled, planView } from '../../engine/changes';
import { patienceOf } from './command';
import { route, type HttpParts, type Route } from './route';

/** A query has text only. */
const WaitingQuery = z.object({
  wait: z.enum(['true', 'false', '1', '0']).default('true'),
  /** Seconds for each process. */
  timeout: z.coerce
    .number()
    .min(0.01)
    .max(LIMITS.commandWaitMsMax / 1000)
    .default(LIMITS.commandWaitMs / 1000),
});

export const definitionRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'post',
    path: '/api/plan',
    permission: 'process.define',
    asksItself: true,
    summary: 'What a document would change, process by process and field by field. Nothing is done. JSON or YAML',
    body: SetDocument,
    bodyIs: 'document',
    reply: PlanReply,
    handle: ({ body }) => {
      const plan = given(engine.read((model) => planSet(model, body, engine.settings)));
      return { set: body.set, changes: planView(engine, plan) };
    },
  }),
  route({
    method: 'post',
    path: '/api/apply',
    permission: 'process.define',
    asksItself: true,
    summary:
      'Make it as the document says, and touch only what differs: changed processes that run are restarted, those that left the set are stopped, verified and forgotten. JSON or YAML',
    body: SetDocument,
    bodyIs: 'document',
    query: WaitingQuery,
    reply: ApplyReply,
    handle: async ({ body: document, query: { wait, timeout }, by, hold }) => {
      const changed = await engine.submit({ kind: 'applySet', document, by, hold });
      const isWaiting = wait === 'true' || wait === '1';
      return changeSettled(engine, document.set, changed, patienceOf({ wait: isWaiting, timeout }));
    },
  }),
  route({
    method: 'post',
    path: '/api/rollback',
    permission: 'process.define',
    asksItself: true,
    summary: 'A process back to an earlier version, or a set to before its last change',
    body: RollbackBody,
    reply: ApplyReply,
    handle: async ({ body, by, hold }) => {
      const asked = { name: body.name, isSet: body.set, to: body.to ?? null };
      const plan = given(engine.read((model) => planRollback(model, asked)));
      if (body.dry_run) return onlyPlanned(plan.set, planView(engine, plan.changes));
      const changed = await engine.submit({ kind: 'rollback', asked, by, hold });
      return changeSettled(engine, plan.set, changed, patienceOf(body));
    },
  }),
  route({
    method: 'get',
    path: '/api/processes/:key/versions',
    permission: 'fleet.read',
    summary: 'The definitions a process was given from here, oldest first; also of a removed one',
    reply: VersionsReply,
    handle: ({ params }) => versionsView(given(engine.read((model) => findDefinition(model, params.key ?? '')))),
  }),
];

/** @throws Refusal */
function given<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) throw answer;
  return answer;
}

const onlyPlanned = (set: string | null, changes: PlanReply['changes']): ApplyReply => ({
  success: true,
  set,
  change: null,
  results: changes.map((change) => ({
    ...change,
    version: null,
    ok: true,
    message: `would ${change.action}`,
    certificate: null,
  })),
});

function versionsView(definition: Definition): VersionsReply {
  const views = definition.versions.map(({ number, spec, change }, index): VersionView => {
    const before = definition.versions[index - 1]?.spec ?? null;
    return {
      version: number,
      at_ms: change.atMs,
      by: change.by,
      kind: change.kind,
      set: change.set,
      change: change.id,
      removed: spec === null,
      command: spec === null ? null : commandText(spec.command),
      fields: spec === null || before === null ? [] : differences(before, spec),
    };
  });
  return { key: definition.key, current: presentVersion(definition)?.number ?? null, versions: views };
}
