/** A manager reached by HTTP: kept-alive connections, and the credentials of each request. */
import http from 'node:http';
import https from 'node:https';
import type { ManagerTrust } from '../../src/trust/pinning/manager-trust';
import { WORKER_KEY_HEADER, type LauncherIdentity } from '../../protocol/link';
import type { ManagerAddress, Reply } from './manager-address';

export class HttpAddress implements ManagerAddress {
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  readonly #base: URL;

  readonly url: string;

  constructor(
    private readonly trust: ManagerTrust,
    private readonly worker: string,
    /** What it brings with each request. */
    private readonly proof: Pick<LauncherIdentity, 'token' | 'key'>,
  ) {
    this.url = trust.url;
    this.#base = new URL(this.url.endsWith('/') ? this.url : `${this.url}/`);
    const secure = this.#base.protocol === 'https:';
    const pool = { keepAlive: true, maxSockets: 8 };
    this.#agent = secure ? trust.agent(pool) : new http.Agent(pool);
    this.#request = secure ? https.request : http.request;
  }

  /** POST. Rejects when nobody answers; any answer, also a refusal, is a reply. */
  async post(path: string, contentType: string, body: Buffer, timeoutMs: number): Promise<Reply> {
    await this.trust.ready();
    return new Promise((resolve, reject) => {
      const request = this.#request(new URL(path.replace(/^\//, ''), this.#base), {
        method: 'POST',
        agent: this.#agent,
        timeout: timeoutMs,
        headers: {
          'content-type': contentType,
          'content-length': body.length,
          'x-worker-id': this.worker,
          ...proofHeaders(this.proof),
        },
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      request.on('error', (error) => {
        const sentence = this.trust.trouble(error);
        reject(sentence === null ? error : new Error(sentence, { cause: error }));
      });
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(parts)) }));
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A token to join is for the registration alone; from then on the key counts. */
function proofHeaders({ token, key }: Pick<LauncherIdentity, 'token' | 'key'>): Record<string, string> {
  if (token === null || token.startsWith('jt_')) return key === null ? {} : { authorization: `Bearer ${key}` };
  return { authorization: `Bearer ${token}`, ...(key === null ? {} : { [WORKER_KEY_HEADER]: key }) };
}

function parse(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 500);
  }
}
