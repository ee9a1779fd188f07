/** One question with a target: a program of its own, `bench/<name>.ts`. */
import type { Outcome } from './report';
import type { Rig } from './rig';

export interface Measure {
  /** Its file's name, and its argument to `npm run bench`. */
  readonly name: string;
  readonly title: string;
  run(rig: Rig): Promise<Outcome>;
}
