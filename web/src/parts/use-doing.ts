/** Something that was asked of the manager and is not answered yet, or was refused. */
import { useState } from 'react';
import { sentenceOf } from '../../../protocol/sentence-of';

export interface Doing {
  readonly busy: boolean;
  /** The sentence of the refusal; null = none. */
  readonly problem: string | null;
  /** Does nothing while the one before is not answered. Resolves with whether it went well. */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

export function useDoing(): Doing {
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null });
  return {
    ...state,
    async run(work) {
      if (state.busy) return false;
      setState({ busy: true, problem: null });
      try {
        await work();
        setState({ busy: false, problem: null });
        return true;
      } catch (error) {
        setState({ busy: false, problem: sentenceOf(error) });
        return false;
      }
    },
  };
}
