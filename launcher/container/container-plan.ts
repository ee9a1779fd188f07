/**
 * What a launcher tells the small program that keeps one container (dist/container-run.js), in that program's environment:
 * a command line could be read by everybody on the machine.
 */
import { z } from 'zod';
import { ContainerSpec } from '../../protocol/container-spec';
import { StopPolicy } from '../../protocol/process-spec';

/** Holds the plan, as JSON. */
export const PLAN_VARIABLE = 'PROCGUARD_CONTAINER';
/**
 * Each variable of the container goes under a name of ours, `NAME=value`: under its own it would be one of the program's
 * too, and a NODE_OPTIONS that was meant for the inside would be code that runs with the launcher's rights.
 */
export const CARRIED_PREFIX = 'PROCGUARD_CONTAINER_ENV_';

export const ContainerPlan = z.object({
  spec: ContainerSpec,
  words: z.array(z.string()),
  /** Inside. Null = the image's. */
  workingDir: z.string().nullable(),
  hasStdin: z.boolean(),
  stop: StopPolicy,
  /** From `limits`: null = not limited by us. */
  openFiles: z.number().nullable(),
  oomScore: z.number().nullable(),
  worker: z.string(),
  process: z.string(),
});
export type ContainerPlan = z.infer<typeof ContainerPlan>;

/** The program's environment, beside what is the launcher's own. */
export const planVariables = (plan: ContainerPlan, env: Readonly<Record<string, string>>): Record<string, string> => ({
  [PLAN_VARIABLE]: JSON.stringify(plan),
  ...Object.fromEntries(Object.entries(env).map(([name, value], at) => [`${CARRIED_PREFIX}${at}`, `${name}=${value}`])),
});

/** The container's variables, `NAME=value` each. */
export const carriedVariables = (environment: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith(CARRIED_PREFIX) && value !== undefined ? [value] : [],
  );
