/** /api/jobs/limits: how many jobs may run at once, of all, of a user, of a queue, of a label. */
import { LimitBody, LimitsReply } from '../../../protocol/jobs-http';
import type { Model } from '../../core/model';
import type { CoreSettings } from '../../core/settings';
import { route, type HttpParts, type Route } from './route';

export const jobLimitRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/jobs/limits',
    permission: 'fleet.read',
    summary: 'How many jobs may run at once, by scope, and how many do',
    reply: LimitsReply,
    handle: () => engine.read((model) => limitsOf(model, engine.settings)),
  }),
  route({
    method: 'put',
    path: '/api/jobs/limits',
    permission: 'job.control',
    summary:
      'Sets the limit of a scope (`all`, `user:alice`, `user:*`, `queue:night`, `label:team=nlp`); null takes it away. What the configuration says (`jobs.limits`) is changed there alone',
    body: LimitBody,
    reply: LimitsReply,
    handle: async ({ body: { scope, max }, by }) => {
      await engine.submit({ kind: 'setJobLimit', scope, max, by });
      return engine.read((model) => limitsOf(model, engine.settings));
    },
  }),
];

const limitsOf = ({ jobs }: Model, settings: CoreSettings): LimitsReply => ({
  limits: [...jobs.limits].map(([scope, max]) => ({
    scope,
    max,
    active: scope.endsWith('*') ? null : jobs.activeIn(scope),
    from: settings.jobs.limits.has(scope) ? 'configuration' : 'api',
  })),
});
