/** /api/jobs/templates: named jobs, to be submitted by POST /api/jobs with `template`. */
import { Refusal } from '../../../protocol/errors';
import { globMatches } from '../../../protocol/glob';
import type { JobTemplate } from '../../../protocol/job-template';
import { TemplatesReply, TemplateView, type TemplateRow } from '../../../protocol/jobs-http';
import { isSecret, MASK } from '../../../protocol/secret-names';
import type { JobTemplates } from '../../engine/job-templates-port';
import { route, type HttpParts, type Route } from './route';

export const jobTemplateRoutes = ({ engine, templates }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/jobs/templates',
    permission: 'fleet.read',
    summary: 'Named jobs with their parameters; a file that is not understood is listed with what is wrong with it',
    reply: TemplatesReply,
    handle: async () => {
      const rows = await Promise.all((await templates.names()).map((name) => rowOf(templates, name)));
      return { templates: rows.filter((row) => row !== null) };
    },
  }),
  route({
    method: 'get',
    path: '/api/jobs/templates/:name',
    permission: 'fleet.read',
    summary:
      'A named job as its file has it: parameters with their defaults (null: must be given), the words of the job',
    reply: TemplateView,
    handle: async ({ params: { name = '' } }) => viewOf(name, await templates.named(name), engine.settings.secretNames),
  }),
];

/** Null = it was removed since it was listed. */
async function rowOf(templates: JobTemplates, name: string): Promise<TemplateRow | null> {
  try {
    const { description = null, parameters } = await templates.named(name);
    return { name, description, parameters, problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'not_found') return null;
    return { name, description: null, parameters: {}, problem: error.message };
  }
}

function viewOf(name: string, template: JobTemplate, secretNames: readonly string[]): TemplateView {
  const { description = null, parameters, config, ...job } = template;
  const named = Array.isArray(job['secrets']) ? job['secrets'].map(String) : [];
  const isHidden = (variable: string): boolean =>
    isSecret(variable, named) || secretNames.some((glob) => globMatches(glob, variable));
  return {
    name,
    description,
    parameters,
    problem: null,
    job: { ...job, ...(job['env'] === undefined ? {} : { env: masked(job['env'], isHidden) }) },
    config: masked(config, isHidden) as TemplateView['config'],
  };
}

/** At any depth: what stands under a secret name. */
function masked(value: unknown, isHidden: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => masked(one, isHidden));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isHidden(name) ? MASK : masked(inner, isHidden)]),
  );
}
