/** A named job with what its submission lays over it; what is wrong with it is told with its name. */
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { fieldProblems } from '../../../protocol/field-problems';
import { fromTemplate, type Instance, type JobTemplate, type Overrides } from '../../../protocol/job-template';

/** @throws Refusal bad_request */
export function instantiate(template: JobTemplate, overrides: Overrides, name: string, nowMs: number): Instance {
  const wrong = (why: string): Refusal => new Refusal('bad_request', `job template ${name}: ${why}`);
  try {
    const instance = fromTemplate(template, overrides, nowMs);
    if (typeof instance === 'string') throw wrong(instance);
    return instance;
  } catch (error) {
    if (error instanceof z.ZodError) throw wrong(fieldProblems(error, { ...template, ...overrides.words }));
    throw error;
  }
}
