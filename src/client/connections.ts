/**
 * Kept connections to one manager, as many as there are requests under way. On undici, whose client takes half of the
 * processor's time that node:http's takes for a small request.
 */
import { connect as plainly, isIP, type Socket } from 'node:net';
import { connect as withTls, type ConnectionOptions } from 'node:tls';
import { Client, type buildConnector } from 'undici';
import type { ManagerTrust } from '../trust/pinning/manager-trust';
import { NoAnswer } from './no-answer';

export interface Sent {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  readonly text: string;
}

/** Of a connection. The manager holds no answer back for longer than 30 s. */
const SILENCE_MS_MAX = 40_000;
/**
 * This side ends an idle connection, and before the other does: the manager after 65 s, many a proxy after a minute. A request
 * that meets such an end is asked again. A server that says `Keep-Alive: timeout=` is left earlier where it says less.
 */
const IDLE_MS_MAX = 30_000;

export class Connections {
  /** The one that was used last is last: those that are needed only at times end. */
  readonly #idle: Client[] = [];
  readonly #all = new Set<Client>();
  readonly #opening = new Set<Socket>();

  /** @param trust null = the manager does not speak TLS */
  constructor(
    private readonly origin: string,
    private readonly trust: ManagerTrust | null,
    private readonly silenceMs = SILENCE_MS_MAX,
  ) {}

  /** @throws what node:net, node:tls and undici throw; NoAnswer, where a file of the trust cannot be read */
  ask(sent: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const client = this.#idle.pop() ?? this.#another();
      const pieces: Buffer[] = [];
      let status = 0;
      client.dispatch(sent, {
        onRequestStart: () => undefined,
        onResponseStart: (_, code) => void (status = code),
        onResponseData: (_, piece) => void pieces.push(piece),
        onResponseEnd: () => {
          this.#idle.push(client);
          resolve({ status, text: Buffer.concat(pieces).toString() });
        },
        onResponseError: (_, error) => {
          this.#all.delete(client);
          void client.destroy();
          reject(error);
        },
      });
    });
  }

  /** What is under way is rejected. */
  close(): void {
    for (const client of this.#all) void client.destroy();
    // undici lets one that is being made come to its end.
    for (const socket of this.#opening) socket.destroy();
  }

  #another(): Client {
    const client = new Client(this.origin, {
      connect: this.#connect,
      keepAliveTimeout: IDLE_MS_MAX,
      keepAliveMaxTimeout: IDLE_MS_MAX,
      // The socket counts its silence itself, from before it is connected.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#all.add(client);
    return client;
  }

  readonly #connect: buildConnector.connector = (to, connected) => {
    const socket = this.#socket(to);
    const opened = (error: Error | null): void => {
      if (!this.#opening.delete(socket)) return;
      if (error === null) connected(null, socket);
      else connected(error, null);
    };
    this.#opening.add(socket);
    socket
      .setTimeout(this.silenceMs, () => socket.destroy(new Error(`silent for ${this.silenceMs / 1000} s`)))
      .once(this.trust === null ? 'connect' : 'secureConnect', () => opened(null))
      .on('error', opened);
  };

  #socket({ hostname, port, protocol }: buildConnector.Options): Socket {
    const to = {
      host: hostname,
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
      noDelay: true,
      keepAlive: true,
    };
    if (this.trust === null) return plainly(to);
    // As node:https does: a name is said to the server, an address is not.
    const servername = isIP(hostname) === 0 ? hostname : '';
    return withTls({ ...to, servername, ALPNProtocols: ['http/1.1'], ...optionsOf(this.trust) });
  }
}

function optionsOf(trust: ManagerTrust): ConnectionOptions {
  try {
    return trust.connectionOptions();
  } catch (error) {
    throw new NoAnswer((error as Error).message, true, { cause: error });
  }
}
