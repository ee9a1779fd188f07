/**
 * Answers in seed 003's envelope `{code, message, data}`, with real HTTP statuses beside it: its own clients read `code`,
 * all others the status.
 */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** 0 is success. Source: API_JOBS 1A. */
export const CODES = {
  done: 0,
  /** The id belongs to a task with another wish. */
  immutable: 30002,
  notFound: 30004,
  invalid: 30005,
  internal: 30099,
} as const;

export const done = (data: unknown, status = 200): Reply => ({
  status,
  body: { code: CODES.done, message: 'success', data },
});

/** @param code null = the status itself, as the original does where it has no code of its own */
export const refused = (status: number, code: number | null, message: string): Reply => ({
  status,
  body: { code: code ?? status, message, data: null },
});
