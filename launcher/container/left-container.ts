/**
 * The container of a run whose keeping program is gone: looked for by its label, signalled, and removed. Where the run's
 * trace says that there is none, nothing is asked.
 */
import { z } from 'zod';
import type { RunId } from '../../protocol/ids';
import { readTrace } from './container-trace';
import { addressText, type EngineAddress } from './engine-address';
import { askEngine, type EngineAnswer } from './engine-request';
import { RUN_LABEL } from './labels';

const Listed = z.array(z.object({ Id: z.string(), State: z.string() }));

/** What may still be there: a container, or an engine that does not say. In words. */
export type Left = string;

export class LeftContainer {
  constructor(
    private readonly directory: string,
    private readonly run: RunId,
  ) {}

  /** Containers that live; one that ended is removed on the way. Empty = verified gone. */
  async look(): Promise<readonly Left[]> {
    return this.#each(async (engine, { Id, State }) => {
      if (isLiving(State)) return inWords(Id);
      await this.#remove(engine, Id);
      return null;
    });
  }

  /** Returns who it was sent to, in words. */
  async signal(signal: string): Promise<readonly string[]> {
    return this.#each(async (engine, { Id }) => {
      await askEngine(engine, 'POST', `/containers/${Id}/kill?signal=${encodeURIComponent(signal)}`);
      return inWords(Id);
    });
  }

  /** SIGKILL, and away with it. Returns who it was sent to, in words. */
  async kill(): Promise<readonly string[]> {
    return this.#each(async (engine, { Id }) => {
      await this.#remove(engine, Id);
      return inWords(Id);
    });
  }

  async #each(
    does: (engine: EngineAddress, container: z.infer<typeof Listed>[number]) => Promise<string | null>,
  ): Promise<readonly string[]> {
    const trace = readTrace(this.directory);
    if (trace === null || trace.kind === 'planned' || trace.kind === 'over') return [];
    try {
      const told: (string | null)[] = [];
      for (const container of await this.#list(trace.engine)) told.push(await does(trace.engine, container));
      return told.filter((words) => words !== null);
    } catch (error) {
      return [
        `a container, maybe: its engine at ${addressText(trace.engine)} does not say (${(error as Error).message})`,
      ];
    }
  }

  async #list(engine: EngineAddress): Promise<z.infer<typeof Listed>> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`${RUN_LABEL}=${this.run}`] }));
    return Listed.parse(good(await askEngine(engine, 'GET', `/containers/json?all=true&filters=${filters}`)).body);
  }

  async #remove(engine: EngineAddress, id: string): Promise<void> {
    const answer = await askEngine(engine, 'DELETE', `/containers/${id}?force=true&v=true`);
    // 404: gone. 409: somebody else is at it, and the next look will tell.
    if (answer.status !== 404 && answer.status !== 409) good(answer);
  }
}

const isLiving = (state: string): boolean => !['exited', 'stopped', 'created', 'configured', 'dead'].includes(state);
const inWords = (id: string): string => `container ${id.slice(0, 12)}`;

function good(answer: EngineAnswer): EngineAnswer {
  if (answer.status < 300) return answer;
  throw new Error(`it answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
