/** ZMTP 3.0 over a bare TCP connection, without a library that would keep its rules: only what is written, and what comes back. */
import { connect, type Socket } from 'node:net';
import { until } from '../harness/until';

const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/** Signature, version 3.0, mechanism NULL, not a server. */
const greeting = (): Buffer => {
  const bytes = Buffer.alloc(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3]);
  bytes.write('NULL', 12);
  return bytes;
};
const READY = Buffer.from('\x05READY\x0bSocket-Type\0\0\0\x06DEALER', 'latin1');

export class RawZmtp {
  /** All that was said to it, as text. */
  heard = '';
  isOpen = true;
  readonly #socket: Socket;

  private constructor(port: number, from: string) {
    this.#socket = connect({ port, host: '127.0.0.1', localAddress: from });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => (this.isOpen = false));
    this.#socket.on('data', (bytes) => (this.heard += bytes.toString('latin1')));
    this.#socket.write(Buffer.concat([greeting(), frame(COMMAND, READY)]));
  }

  /** Greeted: who speaks before is not understood. @param from an address of this machine */
  static async to(port: number, from = '127.0.0.1'): Promise<RawZmtp> {
    const raw = new RawZmtp(port, from);
    await until('the other side to be ready', 30_000, () => raw.heard.includes('READY'));
    return raw;
  }

  say(word: string, body: unknown): void {
    const frames = [frame(MORE, Buffer.from(word)), frame(MORE, Buffer.from('1'))];
    this.#socket.write(Buffer.concat([...frames, frame(0, Buffer.from(JSON.stringify(body)))]));
  }

  /** Frames of one message that never ends, as fast as they are taken, until it is hung up on or so many bytes are gone. */
  async sayWithoutEnd(mostBytes: number): Promise<void> {
    const piece = frame(MORE, Buffer.alloc(64 * 1024));
    for (let bytes = 0; bytes < mostBytes && this.isOpen; bytes += piece.length)
      await new Promise<void>((taken) => this.#socket.write(piece, () => taken()));
  }

  close(): void {
    this.#socket.destroy();
  }
}

function frame(flags: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head[0] = flags | LONG;
  head.writeBigUInt64BE(BigInt(bytes.length), 1);
  return Buffer.concat([head, bytes]);
}
