/** An engine that is restarted is away for some seconds, and what it keeps is not: what is asked of it then is asked again. */
import { setTimeout as pause } from 'node:timers/promises';
import { EngineError } from './engine';

const AGAIN_MS = 500;

/** Asks until there is an answer. A refusal is one, and is thrown. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof EngineError) || error.status !== null) throw error;
      await pause(AGAIN_MS);
    }
}
