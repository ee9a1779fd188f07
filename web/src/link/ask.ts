/** One HTTP question. A refusal's own sentence is the error; only when there is none does the page make one. */
import type { ErrorCode } from '../../../protocol/errors';
import type { StopCertificate } from '../../../protocol/process-state';
import { apiUrl } from './address';

/** The body of a refusal (protocol/http.ts). */
interface Said {
  readonly error?: string;
  readonly code?: ErrorCode;
  readonly certificate?: StopCertificate | null;
  readonly problems?: readonly DocumentProblem[];
  readonly entry?: number | null;
}

/** What is wrong at one place of a document (protocol/document-problems.ts). Line and column count from 1. */
export interface DocumentProblem {
  readonly key: string;
  readonly line: number;
  readonly column: number;
  readonly sentence: string;
}

export class Refused extends Error {
  constructor(
    message: string,
    readonly code: ErrorCode | 'unreachable' | 'unreadable',
    readonly details: {
      /** How far a stop came that failed. */
      readonly certificate: StopCertificate | null;
      /** Of a document that was not understood. */
      readonly problems: readonly DocumentProblem[];
      /** Which of a document's processes it is about, counted from 0; null = the whole of it. */
      readonly entry: number | null;
    } = { certificate: null, problems: [], entry: null },
  ) {
    super(message);
    this.name = 'Refused';
  }
}

export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetchFrom(path, init);
  try {
    return (await response.json()) as T;
  } catch {
    throw new Refused(`The manager's answer to ${path} is not JSON (HTTP ${response.status}).`, 'unreadable');
  }
}

export const post = <T>(path: string, body: unknown): Promise<T> =>
  ask<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** The response of a success; throws `Refused` otherwise. */
export async function fetchFrom(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(
      'The manager cannot be reached; nothing was done. Try again when the page is connected.',
      'unreachable',
    );
  }
  if (response.ok) return response;
  const said: unknown = await response.json().catch(() => null);
  const { error, code, certificate = null, problems = [], entry = null } = (said ?? {}) as Said;
  throw new Refused(error ?? `The manager answered HTTP ${response.status} to ${path}.`, code ?? 'unreadable', {
    certificate,
    problems,
    entry,
  });
}
