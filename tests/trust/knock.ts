/**
 * Knocks at a manager's doors from wherever it is run, and prints what came of each: tsx tests/trust/knock.ts URL FILE, with
 * `Knocks` in the file.
 * A program of its own, because it is run on another host (network.ts).
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { io } from 'socket.io-client';

export interface Knock {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
export interface Knocks {
  readonly http: readonly Knock[];
  /** Namespaces, and what is shown at the handshake. */
  readonly sockets: readonly { readonly namespace: string; readonly auth?: object }[];
}
export interface Answers {
  readonly http: readonly { readonly status: number; readonly body: string }[];
  /** `connected`, or the refusal's words. */
  readonly sockets: readonly string[];
}

const SILENCE_MS_MAX = 60_000;
const TOO_MANY = 429;
const SLOWED_MS = 50;

const knock = (url: string, { method, path, headers = {}, body }: Knock): Promise<Answers['http'][number]> =>
  new Promise((resolve, reject) => {
    const asked = request(url + path, { method, headers, timeout: SILENCE_MS_MAX, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: text.slice(0, 1000) }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: silent`)));
    asked.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`)));
    asked.end(body);
  });

const socket = (url: string, { namespace, auth = {} }: Knocks['sockets'][number]): Promise<string> =>
  new Promise((resolve) => {
    const line = io(url + namespace, { auth, reconnection: false, transports: ['websocket'], timeout: SILENCE_MS_MAX });
    const end = (what: string): void => {
      line.disconnect();
      resolve(what);
    };
    line.on('connect', () => end('connected'));
    line.on('connect_error', (error) =>
      end(`${error.message} ${JSON.stringify((error as { data?: unknown }).data ?? null)}`),
    );
  });

async function main(url: string, knocks: Knocks): Promise<void> {
  const http: Answers['http'][number][] = [];
  for (const one of knocks.http) {
    let answer = await knock(url, one);
    // Strangers are slowed; what is asked about is the door behind that.
    while (answer.status === TOO_MANY) {
      await new Promise((done) => setTimeout(done, SLOWED_MS));
      answer = await knock(url, one);
    }
    http.push(answer);
  }
  const sockets = await Promise.all(knocks.sockets.map((one) => socket(url, one)));
  // An exit would cut off what is not yet written.
  process.stdout.write(`${JSON.stringify({ http, sockets } satisfies Answers)}\n`, () => process.exit());
}

if (require.main === module)
  void main(process.argv[2] ?? '', JSON.parse(readFileSync(process.argv[3] ?? '', 'utf8')) as Knocks);
