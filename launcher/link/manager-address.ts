/** One manager, as this launcher asks it things: by HTTP, or by ZeroMQ in the same words. */
export interface Reply {
  /** HTTP's, whatever carried it. */
  readonly status: number;
  /** JSON, or the text itself where it is none. */
  readonly body: unknown;
}

export interface ManagerAddress {
  readonly url: string;
  /** Rejects when nobody answers; any answer, also a refusal, is a reply. */
  post(path: string, contentType: string, body: Buffer, timeoutMs: number): Promise<Reply>;
  close(): void;
}
