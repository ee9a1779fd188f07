/**
 * One manager, asked over kept connections. What gets no answer, and what a manager that is going down refuses, is asked
 * again for as long as the caller is patient.
 */
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Agent, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { ERRORS, Refusal, type ErrorCode } from '../../protocol/errors';
import { PUBLIC_TRUST, trustMisfit, type TrustWanted } from '../../protocol/trust-wanted';
import { ManagerTrust } from '../trust/pinning/manager-trust';
import { NoAnswer } from './no-answer';

export interface ManagerAddress {
  /** `http://host:5000` */
  readonly url: string;
  /** @default null: none, which is enough on the manager's own machine while no user is defined */
  readonly token?: string | null;
  /** How its certificate is trusted. @default Node's own authorities */
  readonly trust?: Partial<TrustWanted>;
  /** How long a manager that does not answer is asked again, in ms. @default 60000 */
  readonly patienceMs?: number;
}

/** Every one of them can be repeated. */
interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** Repeated, it would be done again: it goes under a key of its own. */
  readonly isOnce?: true;
}

/** It is kept with each job. */
const KEY_BYTES = 12;
const PATIENCE_MS = 60_000;
/** Between two tries: a manager that restarts is back within a second or two. */
const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 1000;
/** Of a connection. The manager holds no answer back for longer than 30 s, and closes an idle connection after 65 s. */
const SILENCE_MS_MAX = 40_000;

export class Requests {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #patienceMs: number;
  readonly #base: URL;
  readonly #trust: ManagerTrust | null;
  readonly #agent: Agent;
  readonly #closed = new AbortController();

  constructor({ url, token = null, trust = {}, patienceMs = PATIENCE_MS }: ManagerAddress) {
    const wanted = { ...PUBLIC_TRUST, ...trust };
    const misfit = trustMisfit(url, wanted);
    if (misfit !== null) throw new TypeError(misfit);
    this.#base = new URL(url);
    this.#patienceMs = patienceMs;
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` };
    this.#trust = this.#base.protocol === 'https:' ? new ManagerTrust(url, wanted, null) : null;
    // Whoever pauses listens to it.
    setMaxListeners(0, this.#closed.signal);
    const kept = { keepAlive: true, timeout: SILENCE_MS_MAX };
    this.#agent = this.#trust?.agent(kept) ?? new Agent(kept);
  }

  /** @throws Refusal, NoAnswer */
  async ask<T>(asked: Asked): Promise<T> {
    const headers = {
      ...this.#headers,
      ...(asked.isOnce === true && { 'idempotency-key': randomBytes(KEY_BYTES).toString('base64url') }),
    };
    const untilMs = performance.now() + this.#patienceMs;
    for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX))
      try {
        return (await this.#once(asked, headers)) as T;
      } catch (error) {
        if (!mayPass(error) || performance.now() + pauseMs > untilMs) throw error;
        await pause(pauseMs, undefined, { signal: this.#closed.signal }).catch(() => undefined);
      }
  }

  close(): void {
    this.#closed.abort();
    this.#agent.destroy();
  }

  async #once({ method, path, body }: Asked, headers: Readonly<Record<string, string>>): Promise<unknown> {
    if (this.#closed.signal.aborted) throw new NoAnswer('the client was closed', true);
    await this.#trust?.ready().catch((error: unknown) => {
      throw this.#noAnswer(error as Error);
    });
    const { hostname, port, pathname } = this.#base;
    return new Promise((resolve, reject) => {
      const request = (this.#trust === null ? plainRequest : tlsRequest)({
        agent: this.#agent,
        method,
        // An IPv6 address without its brackets.
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: pathname.replace(/\/$/, '') + path,
        headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      const failed = (error: Error): void => reject(this.#noAnswer(error));
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('error', failed);
        response.on('end', () => {
          const answer = answerIn(text, response.statusCode ?? 0);
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        });
      });
      request.on('timeout', () => request.destroy(new Error(`silent for ${SILENCE_MS_MAX / 1000} s`)));
      request.on('error', failed);
      request.end(body);
    });
  }

  #noAnswer(error: NodeJS.ErrnoException): NoAnswer {
    const distrust = this.#trust?.trouble(error) ?? null;
    if (distrust !== null) return new NoAnswer(distrust, true, { cause: error });
    return new NoAnswer(`no manager answers at ${this.#base.href} (${error.code ?? error.message})`, false, {
      cause: error,
    });
  }
}

/** What it says, or what it refuses with. */
function answerIn(text: string, status: number): unknown {
  const answer = parsed(text);
  if (status < 300 && answer !== null) return answer;
  const { error, code, success: _, ...details } = answer ?? {};
  if (typeof error === 'string' && typeof code === 'string' && Object.hasOwn(ERRORS, code))
    return new Refusal(code as ErrorCode, error, details);
  return new NoAnswer(`what answers is no manager of ProcGuard (HTTP ${status})`, status < 500);
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null; // a proxy's page, another program
  }
}

/** The line broke, or nobody is there yet. */
const mayPass = (error: unknown): boolean =>
  error instanceof NoAnswer ? !error.isFinal : error instanceof Refusal && error.code === 'shutting_down';
