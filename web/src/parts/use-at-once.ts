/** Something small, done without a question before it; what came of it is said. */
import { useApp } from './app-context';
import { sentenceOf } from '../../../protocol/sentence-of';

export interface AtOnce {
  /** Whom it is done to. */
  readonly to: string;
  readonly work: () => Promise<unknown>;
  /** The sentence when it is done. */
  readonly done: string;
  readonly onDone: () => void;
}

export function useAtOnce(): (asked: AtOnce) => void {
  const { commander } = useApp();
  return ({ to, work, done, onDone }) =>
    void work().then(
      () => {
        commander.say({ tone: 'ok', title: done, lines: [] });
        onDone();
      },
      (error: unknown) => {
        const why = sentenceOf(error);
        commander.say({ tone: 'bad', title: to, lines: [why] });
      },
    );
}
