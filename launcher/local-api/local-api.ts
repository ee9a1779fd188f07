/**
 * The launcher's door for tasks of its own machine (seed 003's agent, port 8090). Opened only where it is asked for, and
 * before anything is kept: a port that is taken is a mistake to be told at once, with nothing begun.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../../protocol/limits';
import { sentenceOf } from '../../protocol/sentence-of';
import type { Log } from '../logging';
import { addressText, type LocalAddress } from './address';
import type { Callers } from './callers';
import { guardAgainst } from './guard';
import { CODES, refused, type Reply } from './reply';
import { ROUTES, type LocalApiParts, type Route } from './routes';

const PREFIX = /^\/api(?:\/v1)?(?=\/)/;

const KEEP_ALIVE_MS = 65_000;

export class LocalApi {
  readonly #open: (parts: LocalApiParts) => void;
  readonly #parts: Promise<LocalApiParts>;

  private constructor(
    private readonly server: Server,
    private readonly callers: Callers,
    private readonly log: Log,
  ) {
    let open: (parts: LocalApiParts) => void = () => {};
    this.#parts = new Promise((resolve) => (open = resolve));
    this.#open = open;
    server.on('connection', (socket) => callers.met(socket));
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** Rejects with a sentence where it cannot listen. */
  static async listen(address: LocalAddress, callers: Callers, log: Log): Promise<LocalApi> {
    const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
    // Longer than a client is silent: a connection must not be closed under the request that is on its way.
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', ({ message }) =>
        reject(
          new Error(
            `the local API cannot listen on ${addressText(address)} (${message}); end what uses the port, or choose another (port in agent.yaml, AGENT_PORT, --local-api)`,
          ),
        ),
      );
      server.listen(address.port, address.host, resolve);
    });
    const { port } = server.address() as AddressInfo;
    log('info', `the local API listens on ${addressText({ ...address, port })}, for this machine only`);
    return new LocalApi(server, callers, log);
  }

  /** From now on requests are answered; those that came before waited. */
  serve(parts: LocalApiParts): void {
    this.#open(parts);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.#reply(request).catch((error: Error) => {
      this.log('error', `${request.method} ${request.url}: ${error.stack ?? error.message}`);
      return refused(500, CODES.internal, `this could not be done: ${error.message}`);
    });
    const text = `${JSON.stringify(reply.body)}\n`;
    response.writeHead(reply.status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // What was not read of a body that is too long is not waited for.
      ...(reply.status === 413 ? { connection: 'close' } : {}),
    });
    response.end(text);
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    const forbidden = guardAgainst(request) ?? this.callers.against(request.socket);
    if (forbidden !== null) return forbidden;
    const { method = 'GET' } = request;
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const match = routeOf(method, path);
    if (match.kind === 'none') return match.reply;
    const body = method === 'POST' ? await bodyOf(request) : { kind: 'json' as const, value: null };
    if (body.kind === 'refused') return body.reply;
    return match.route.answer(await this.#parts, { id: match.id, body: body.value });
  }
}

type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly id: string }
  | { readonly kind: 'none'; readonly reply: Reply };

function routeOf(method: string, path: string): Match {
  const none = (reply: Reply): Match => ({ kind: 'none', reply });
  const known = ROUTES.map((route) => `${route.method} /api${route.path}`).join(', ');
  const rest = path.replace(PREFIX, '');
  if (rest === path) return none(refused(404, null, `there is nothing at ${path.slice(0, 200)}; known: ${known}`));
  const words = rest.split('/').map(decoded);
  const fits = ROUTES.filter((route) => idIn(route, words) !== null);
  const route = fits.find((fit) => fit.method === method);
  if (route !== undefined) return { kind: 'route', route, id: idIn(route, words) ?? '' };
  if (fits.length === 0) return none(refused(404, null, `there is nothing at ${path.slice(0, 200)}; known: ${known}`));
  return none(refused(405, null, `${method} is not offered at ${path.slice(0, 200)}; known: ${known}`));
}

/** The word at `:id`, empty where the route has none; null = this is another path. */
function idIn({ path }: Route, words: readonly string[]): string | null {
  const parts = path.split('/');
  if (parts.length !== words.length) return null;
  let id = '';
  for (const [at, part] of parts.entries()) {
    const word = words[at] ?? '';
    if (part === ':id') id = word;
    else if (part !== word) return null;
  }
  return id;
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

type Body = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'refused'; readonly reply: Reply };

/** JSON whatever its type is said to be: `curl -d` says it is a form. No body is an empty one. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > LIMITS.bodyBytesMax)
      return {
        kind: 'refused',
        reply: refused(
          413,
          CODES.invalid,
          `the body is longer than ${LIMITS.bodyBytesMax} bytes, the limit; give large inputs as files`,
        ),
      };
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString('utf8').trim();
  try {
    return { kind: 'json', value: text === '' ? null : (JSON.parse(text) as unknown) };
  } catch (error) {
    const why = `the body is not JSON: ${sentenceOf(error)}`;
    return { kind: 'refused', reply: refused(400, CODES.invalid, why) };
  }
}
