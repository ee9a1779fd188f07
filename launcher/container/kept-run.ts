/** The run on whose behalf a container is kept. */
import type { RunId } from '../../protocol/ids';
import type { ContainerPlan } from './container-plan';

export interface KeptRun {
  readonly run: RunId;
  /** The run's own, for its trace. */
  readonly directory: string;
  readonly plan: ContainerPlan;
  /** The container's variables, `NAME=value` each. */
  readonly env: readonly string[];
  /** Says a sentence to whoever reads the run's output. */
  readonly say: (sentence: string) => void;
}
