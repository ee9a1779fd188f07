/** How much output the log store has of a process, as the views show it. */
export interface LogLengths {
  /** Bytes over all kept runs. */
  total(worker: string, process: string): number;
}
