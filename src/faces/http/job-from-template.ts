/** A named job with what its submission lays over it; what is wrong with it is told with its name. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { fieldProblems } from '../../../protocol/field-problems';
import type { Combination, Sweep } from '../../../protocol/job-sweep';
import { fromTemplate, type Instance, type JobTemplate, type Overrides } from '../../../protocol/job-template';
import { OwnWords, type JobSubmission, type TemplateSubmission } from '../../../protocol/jobs-http';
import type { JobTemplates } from '../../engine/job-templates-port';
import { META_CONFIG, NO_META } from '../../core/jobs/rows';
import { META_CONFIG_NAME } from '../../core/jobs/simpletuner-entry';
import type { Filled } from './job-submission';

/** @throws Refusal bad_request */
export function instantiate(template: JobTemplate, overrides: Overrides, name: string): Instance {
  const wrong = (why: string): Refusal => new Refusal('bad_request', `job template ${name}: ${why}`);
  try {
    const instance = fromTemplate(template, overrides);
    if (typeof instance === 'string') throw wrong(instance);
    return instance;
  } catch (error) {
    if (error instanceof z.ZodError) throw wrong(fieldProblems(error, { ...template, ...overrides.words }));
    throw error;
  }
}

export interface FromTemplate {
  readonly body: JobSubmission;
  /** What workers of SimpleTuner are given; nothing where the template has no word for them. */
  readonly meta: Filled['meta'];
  /** What a combination of its sweep makes of it: parameters stand anywhere. Null = it has no sweep. */
  readonly filled: ((values: Combination) => Filled) | null;
}

/** The body that says the same without the template. @throws Refusal not_found, bad_request */
export async function submissionOf(
  templates: JobTemplates,
  { template: name, parameters, ...said }: TemplateSubmission,
): Promise<FromTemplate> {
  const isOwn = (word: string): boolean => Object.hasOwn(OwnWords.shape, word);
  const part = (isMeant: (word: string) => boolean): Record<string, unknown> =>
    Object.fromEntries(Object.entries(said).filter(([word]) => isMeant(word)));
  const own = OwnWords.safeParse(part(isOwn));
  if (!own.success) throw new Refusal('bad_request', fieldProblems(own.error, said));
  const template = await templates.named(name);
  const words = part((word) => !isOwn(word));
  const filled = (values: Combination): Filled => {
    const swept = Object.entries(values).filter(([parameter]) => Object.hasOwn(template.parameters, parameter));
    const given = { ...parameters, ...Object.fromEntries(swept) };
    const { job, config } = instantiate(template, { parameters: given, words }, name);
    const meta = { [META_CONFIG_NAME]: name, [META_CONFIG]: JSON.stringify(config) };
    return { job: { ...job, name: job.name ?? name }, meta: Object.keys(config).length === 0 ? NO_META : meta };
  };
  const { sweep } = own.data;
  const first = filled(firstOf(sweep ?? {}));
  return { body: { ...first.job, ...own.data }, meta: first.meta, filled: sweep === undefined ? null : filled };
}

const firstOf = (sweep: Sweep): Combination =>
  Object.fromEntries(Object.entries(sweep).map(([name, values]) => [name, String(values[0])]));
