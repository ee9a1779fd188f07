/** A road to a port of this machine that can be cut in the middle of a message, or stop to carry anything back. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export class CuttableRoad {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #leftBytes = Infinity;
  #isHeld = false;

  private constructor(private readonly server: Server) {}

  static async to(port: number, at = 0): Promise<CuttableRoad> {
    const server = createServer();
    const road = new CuttableRoad(server);
    server.on('connection', (near) => road.#join(near, connect(port, '127.0.0.1')));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', resolve);
    });
    return road;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  #join(near: Socket, far: Socket): void {
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const side of pair) side.on('error', end).on('close', end);
    near.on('data', (bytes: Buffer) => {
      far.write(bytes.subarray(0, this.#leftBytes), () => this.#leftBytes <= 0 && end());
      this.#leftBytes -= bytes.length;
    });
    far.on('data', (bytes: Buffer) => void near.write(bytes));
    if (this.#isHeld) far.pause();
  }

  /** Carries so many bytes more to the manager, then all connections end. Later ones are whole. */
  cutAfter(bytes: number): void {
    this.#leftBytes = bytes;
  }

  heal(): void {
    this.#leftBytes = Infinity;
  }

  /** The manager's bytes are not taken from it any more: its reader is as slow as can be. */
  hold(): void {
    this.#isHeld = true;
    for (const [, far] of this.#pairs) far.pause();
  }

  /** From the next connection on everything is carried again. */
  release(): void {
    this.#isHeld = false;
  }

  /** All connections end at once. */
  cut(): void {
    this.#isHeld = false;
    for (const [near] of this.#pairs) near.destroy();
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
