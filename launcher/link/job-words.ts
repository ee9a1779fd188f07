/**
 * Reads the manager's words about jobs. What it says to run differs from what it said before in a name, a command and its
 * variables, most often: the rest of a definition, some thirty fields, is checked once and known when it comes again.
 */
import { z } from 'zod';
import { JobWord, RunWord } from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';

const OWN = { name: true, command: true, env: true } as const;
type Common = Omit<ProcessSpec, keyof typeof OWN>;

const KNOWN_MAX = 64;

const Brief = RunWord.extend({ spec: ProcessSpec.pick(OWN) });
const Told = z.object({ kind: z.literal('run'), spec: z.looseObject({}) });

export class JobWords {
  readonly #known = new Map<string, Common>();

  /** @returns as `JobWord.safeParse` */
  read(message: unknown): z.ZodSafeParseResult<JobWord> {
    const told = Told.safeParse(message).data;
    if (told === undefined) return JobWord.safeParse(message);
    const { name: _name, command: _command, env: _env, ...rest } = told.spec;
    const key = JSON.stringify(rest);
    const common = this.#known.get(key);
    const brief = common === undefined ? undefined : Brief.safeParse(message).data;
    if (common !== undefined && brief !== undefined)
      return { success: true, data: { ...brief, spec: { ...common, ...brief.spec } } };
    const word = JobWord.safeParse(message);
    if (word.success && word.data.kind === 'run') this.#learn(key, word.data.spec);
    return word;
  }

  #learn(key: string, { name: _name, command: _command, env: _env, ...common }: ProcessSpec): void {
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(key, common);
  }
}
