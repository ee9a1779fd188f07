import type { OutputStream } from '../../../../protocol/output-stream';

/** A byte of a run that is to be shown: a hit, wherever it lies. */
export interface Target {
  readonly runId: string;
  readonly offset: number;
  readonly stream: OutputStream;
}
