/** Many histories, one seed each. The first that breaks a promise is made small and told. */
import { Random } from '../harness/random';
import { whatBreaks } from './history';
import { smallest } from './smallest';
import { randomHistory, type Step } from './steps';

const STEPS_MAX = 120;

export interface Simulated {
  readonly histories: number;
  /** Null = all held. */
  readonly failure: { readonly seed: number; readonly what: string; readonly steps: readonly Step[] } | null;
}

/** @param isOver asked before each history */
export function simulate(firstSeed: number, isOver: (histories: number) => boolean): Simulated {
  let histories = 0;
  for (; !isOver(histories); histories++) {
    const seed = firstSeed + histories;
    const random = new Random(seed);
    const steps = randomHistory(random, random.between(10, STEPS_MAX));
    if (whatBreaks(steps) === null) continue;
    const few = smallest(steps);
    return { histories, failure: { seed, what: whatBreaks(few)?.what ?? '', steps: few } };
  }
  return { histories, failure: null };
}

export const failureInWords = ({ seed, what, steps }: NonNullable<Simulated['failure']>): string =>
  [`seed ${seed}: ${what}`, ...steps.map((step) => `  ${JSON.stringify(step)}`)].join('\n');
