/** How the command line ends. Source: UX, "The command line". */
import type { ErrorCode } from '../../protocol/errors';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  /** Some targets succeeded and some did not. */
  partial: 4,
  unreachable: 5,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a sentence on stderr. */
export class CliError extends Error {
  constructor(
    readonly exit: Exit,
    message: string,
    /** The manager's refusal; null = no refusal. */
    readonly code: ErrorCode | null = null,
    /** More fields of it. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'CliError';
  }
}

const USAGE = new Set<string>(['bad_request', 'unknown_command', 'dependency_circle'] satisfies ErrorCode[]);

/** The manager's refusal as an exit. */
export const exitOfRefusal = (status: number, code: string | undefined): Exit =>
  status === 404 ? EXIT.notFound : code !== undefined && USAGE.has(code) ? EXIT.usage : EXIT.failed;

/** Of many targets, each with its own outcome. */
export function exitOfResults(results: readonly { readonly ok: boolean }[]): Exit {
  const failed = results.filter(({ ok }) => !ok).length;
  return failed === 0 ? EXIT.ok : failed === results.length ? EXIT.failed : EXIT.partial;
}

export const isNotFound = (error: unknown): boolean => error instanceof CliError && error.exit === EXIT.notFound;

/** For `catch`: that there is no such thing is an answer. */
export function nullIfNotFound(error: unknown): null {
  if (isNotFound(error)) return null;
  throw error;
}
