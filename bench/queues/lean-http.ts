/**
 * A client of HTTP/1.1 that costs next to nothing: one kept connection, one request under way, answers with a
 * Content-Length. node:http's own client takes longer over a small request than the server that answers it, and it is the
 * server that is measured.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

interface Waiting {
  readonly answered: (body: string) => void;
  readonly failed: (error: Error) => void;
}

export class LeanHttp {
  #waiting: Waiting | null = null;
  #bytes: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => this.#take(data));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static async to(url: string): Promise<LeanHttp> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new LeanHttp(socket, host);
  }

  /** @returns the answer's body. @throws when it is not a 2xx */
  post(path: string, body: string): Promise<string> {
    return new Promise((answered, failed) => {
      this.#waiting = { answered, failed };
      this.socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${this.host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  /** The server closes what is idle for a minute, and a round of the other contenders may take longer. */
  get isOpen(): boolean {
    return this.socket.writable;
  }

  close(): void {
    this.socket.destroy();
  }

  #take(data: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? data : Buffer.concat([this.#bytes, data]);
    const headEnd = this.#bytes.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#bytes.toString('latin1', 0, headEnd);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? NaN);
    if (Number.isNaN(length)) return this.#fail(new Error(`an answer without a length: ${head}`));
    const end = headEnd + HEAD_END.length + length;
    if (this.#bytes.length < end) return;
    const body = this.#bytes.toString('utf8', headEnd + HEAD_END.length, end);
    this.#bytes = this.#bytes.subarray(end);
    const waiting = this.#waiting;
    this.#waiting = null;
    if (/^HTTP\/1\.1 2/.test(head)) waiting?.answered(body);
    else waiting?.failed(new Error(`${head.split('\r\n')[0]}: ${body}`));
  }

  #fail(error: Error): void {
    this.#waiting?.failed(error);
    this.#waiting = null;
  }
}
