/**
 * Asks the manager. On node:http and not on fetch, because loading fetch takes longer than a request does, and the
 * command line is to be done within a few milliseconds of Node's own start.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { ErrorCode } from '../../protocol/errors';
import { tlsTroubleText } from '../../protocol/tls-trouble';
import { PUBLIC_TRUST, trustMisfit, type TrustWanted } from '../../protocol/trust-wanted';
import type { ManagerTrust } from '../trust/pinning/manager-trust';
import { CliError, EXIT, exitOfRefusal } from './exit';

export const DEFAULT_URL = 'http://127.0.0.1:5000';
/** The manager holds an answer back for 30 s unless it was asked to; one that says nothing for longer is not there. */
const SILENCE_MS_MAX = 40_000;
/** While an answer may take for ever, the kernel finds out whether the other side is there. */
const KEEP_ALIVE_MS = 10_000;

export type Query = Readonly<Record<string, string | number | undefined>>;
interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** The manager answers when it is done, however long that takes. */
  readonly isPatient?: boolean;
}

export class ManagerClient {
  private readonly base: URL;
  #trust: Promise<ManagerTrust | null> | null = null;

  constructor(
    readonly url: string,
    readonly token: string | null,
    private readonly trustWanted: TrustWanted = PUBLIC_TRUST,
  ) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new CliError(EXIT.usage, `${JSON.stringify(url)} is no address of a manager; it looks like ${DEFAULT_URL}`);
    this.base = new URL(url);
    const misfit = trustMisfit(url, trustWanted);
    if (misfit !== null) throw new CliError(EXIT.usage, misfit);
  }

  /** How its certificate is trusted; null = it does not speak TLS, and nothing of TLS is loaded. */
  trust(): Promise<ManagerTrust | null> {
    return (this.#trust ??= this.#readyTrust());
  }

  async #readyTrust(): Promise<ManagerTrust | null> {
    if (this.base.protocol !== 'https:') return null;
    const { ManagerTrust } = await import('../trust/pinning/manager-trust');
    const trust = new ManagerTrust(this.url, this.trustWanted, null);
    try {
      trust.checkFiles();
      await trust.ready();
    } catch (error) {
      throw new CliError(EXIT.unreachable, (error as Error).message);
    }
    return trust;
  }

  get<T>(path: string, query?: Query): Promise<T> {
    return this.json<T>({ method: 'GET', path, ...(query && { query }) });
  }

  /** As get, for what may take longer than the manager is silent otherwise. */
  getPatiently<T>(path: string, query: Query): Promise<T> {
    return this.json<T>({ method: 'GET', path, query, isPatient: true });
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>({ method: 'POST', path, body });
  }

  /** As post, for what may take longer than the manager is silent otherwise. */
  postPatiently<T>(path: string, body: unknown, query: Query = {}): Promise<T> {
    return this.json<T>({ method: 'POST', path, body, query, isPatient: true });
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>({ method: 'PUT', path, body });
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>({ method: 'PATCH', path, body });
  }

  delete<T>(path: string): Promise<T> {
    return this.json<T>({ method: 'DELETE', path });
  }

  /** The body as it comes. */
  stream(path: string, query?: Query): Promise<IncomingMessage> {
    return this.ask({ method: 'GET', path, ...(query && { query }) });
  }

  /** The same, for what may say nothing for long. */
  streamPatiently(path: string, query: Query): Promise<IncomingMessage> {
    return this.ask({ method: 'GET', path, query, isPatient: true });
  }

  /** The answer to a POST as it comes. */
  postStream(path: string, body: unknown): Promise<IncomingMessage> {
    return this.ask({ method: 'POST', path, body });
  }

  headers(): Record<string, string> {
    return this.token === null ? {} : { authorization: `Bearer ${this.token}` };
  }

  unreachable(reason: string): CliError {
    return new CliError(
      EXIT.unreachable,
      `No manager answers at ${this.url} (${reason}). Start one with \`procguard manager\`, or name another with --url or PROCGUARD_URL`,
    );
  }

  /** No answer: for want of trust, or of a manager. */
  failed(error: NodeJS.ErrnoException, trust: ManagerTrust | null): CliError {
    const plain = { url: this.url, trusted: 'public', showsCertificate: false, nowMs: Date.now() } as const;
    const sentence = trust === null ? tlsTroubleText(error, plain) : trust.trouble(error);
    if (sentence !== null) return new CliError(EXIT.unreachable, sentence);
    return this.unreachable(error.code ?? error.message);
  }

  private async json<T>(asked: Asked): Promise<T> {
    const body = await bodyOf(await this.ask(asked));
    return parsed(body) as T;
  }

  private async ask(asked: Asked): Promise<IncomingMessage> {
    const response = await this.send(asked);
    const isOurs = /json|octet-stream|text\/plain/.test(response.headers['content-type'] ?? '');
    const status = response.statusCode ?? 0;
    if (status < 300 && isOurs) return response;
    const refusal = parsed(await bodyOf(response)) as
      ({ error?: unknown; code?: string } & Record<string, unknown>) | null;
    if (typeof refusal?.error === 'string')
      throw new CliError(exitOfRefusal(status, refusal.code), refusal.error, refusal.code as ErrorCode, refusal);
    throw new CliError(
      EXIT.failed,
      `${this.url} answers, but not as a ProcGuard manager does (HTTP ${status} to ${asked.method} ${asked.path})`,
    );
  }

  private async send({ method, path, query = {}, body, isPatient = false }: Asked): Promise<IncomingMessage> {
    const url = new URL(this.base.pathname.replace(/\/$/, '') + path, this.base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const payload = body === undefined ? null : JSON.stringify(body);
    const content =
      payload === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const trust = await this.trust();
    const send = trust === null ? httpRequest : (await import('node:https')).request;
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          method,
          headers: { ...this.headers(), ...content },
          // Node's shared agent has a timeout of its own, 5 s, and it wins over a request's.
          agent: trust?.agent({}) ?? false,
          ...(isPatient ? {} : { timeout: SILENCE_MS_MAX }),
        },
        resolve,
      );
      if (isPatient) request.setSocketKeepAlive(true, KEEP_ALIVE_MS);
      request.on('timeout', () => request.destroy(new Error(`silent for ${SILENCE_MS_MAX / 1000} s`)));
      request.on('error', (error: NodeJS.ErrnoException) => reject(this.failed(error, trust)));
      request.end(payload);
    });
  }
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return null; // a proxy's page, another program
  }
}
