/** One HTTP question. A refusal's own sentence is the error; only when there is none does the page make one. */
import type { ErrorCode } from '../../../protocol/errors';
import type { StopCertificate } from '../../../protocol/process-state';
import type { CSRF_HEADER } from '../../../protocol/trust-http';
import { apiUrl } from './address';

/** Its type is the word itself: another one would not compile. The schemas beside it are not carried into the page. */
const CSRF: typeof CSRF_HEADER = 'x-csrf-token';

/** Who sees to logins (session.ts). */
export interface Doorkeeper {
  /** To send with whatever changes something; null = no cookie is in play. */
  readonly csrf: () => string | null;
  /** The manager wants a login, another token, or rights that this page believed to have. Resolves when it has been asked anew. */
  readonly askAnew: () => Promise<void>;
}
let door: Doorkeeper = { csrf: () => null, askAnew: () => Promise.resolve() };
export const keepDoor = (keeper: Doorkeeper): void => void (door = keeper);

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

export const post = <T>(path: string, body: unknown): Promise<T> => sendBody<T>('POST', path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => sendBody<T>('PUT', path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => sendBody<T>('PATCH', path, body);
export const remove = <T>(path: string, body?: unknown): Promise<T> =>
  body === undefined ? ask<T>(path, { method: 'DELETE' }) : sendBody<T>('DELETE', path, body);

const sendBody = <T>(method: string, path: string, body: unknown): Promise<T> =>
  ask<T>(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** The response of a success; throws `Refused` otherwise. */
export async function fetchFrom(path: string, init?: RequestInit): Promise<Response> {
  const response = await send(path, init);
  if (response.ok) return response;
  const refused = await refusalOf(path, response);
  // Another tab has logged in anew: the session is the same, its token is another.
  if (refused.code === 'csrf_missing') {
    await door.askAnew();
    const again = await send(path, init);
    if (again.ok) return again;
    throw await refusalOf(path, again);
  }
  if (refused.code === 'login_required' || refused.code === 'forbidden') void door.askAnew();
  throw refused;
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const csrf = door.csrf();
  if (csrf !== null && (init.method ?? 'GET') !== 'GET') headers.set(CSRF, csrf);
  try {
    return await fetch(apiUrl(path), { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(
      'The manager cannot be reached; nothing was done. Try again when the page is connected.',
      'unreachable',
    );
  }
}

async function refusalOf(path: string, response: Response): Promise<Refused> {
  const said: unknown = await response.json().catch(() => null);
  const { error, code, certificate = null, problems = [], entry = null } = (said ?? {}) as Said;
  return new Refused(error ?? `The manager answered HTTP ${response.status} to ${path}.`, code ?? 'unreadable', {
    certificate,
    problems,
    entry,
  });
}
