/** What a trial found out about one promise on this machine. */
export interface Finding {
  readonly promise: string;
  /** `best effort`: it held, and this machine lacks what it would take to promise it. */
  readonly result: 'holds' | 'best effort' | 'BROKEN';
  /** How it was checked, and what was seen; of a best effort also what is lacking. */
  readonly how: string;
}

export const holds = (promise: string, how: string): Finding => ({ promise, result: 'holds', how });
export const bestEffort = (promise: string, how: string): Finding => ({ promise, result: 'best effort', how });
export const broken = (promise: string, how: string): Finding => ({ promise, result: 'BROKEN', how });
