/**
 * The ZeroMQ link in its bare frames (protocol/zmq.ts), without the launcher's code.
 *
 * One test file alone may load this: the binding keeps the modules of the first file that loads it in a process, and Jest
 * tears those down.
 */
import * as zeromq from 'zeromq';
import { ZMQ } from '../../protocol/zmq';
import { quietPort } from '../harness/quiet-port';
import type { Answer, LinkAddress, LinkUnderTest } from './test-line';

const SETTING = 'PROCGUARD_COMMUNICATION_ADAPTER';
/** Well within ZMQ.silenceMs. */
const PING_MS = 1_000;

/** @param serverKey the manager's public key; null: nothing is encrypted */
export const zmqLink = (serverKey: string | null = null, env: Record<string, string> = {}): LinkUnderTest => ({
  manager: async () => {
    const [port, base] = [await quietPort(), await quietPort()];
    return {
      port,
      env: { [`${SETTING}_TYPE`]: 'zmq', [`${SETTING}_CONFIG_PORT_BASE`]: String(base), ...env },
      ports: [base, base + ZMQ.outputPortAbove],
    };
  },
  address: ([control = 0, output = 0]) => addressOf(control, output, serverKey),
});

type Heard = (word: string, tag: string, body: Buffer) => void;

export class Frames {
  readonly #dealer: zeromq.Dealer;
  isOpen = true;
  #lastTag = 0;
  #pinging: NodeJS.Timeout | null = null;
  readonly #answers = new Map<string, { answered: (body: unknown) => void; failed: (error: Error) => void }>();

  constructor(port: number, serverKey: string | null, heard: Heard, ended: () => void) {
    const keys = zeromq.curveKeyPair();
    this.#dealer = new zeromq.Dealer({
      linger: 0,
      reconnectInterval: -1,
      sendTimeout: 0,
      sendHighWaterMark: 0,
      ...(serverKey === null
        ? {}
        : { curveServerKey: serverKey, curvePublicKey: keys.publicKey, curveSecretKey: keys.secretKey }),
    });
    const end = (): void => {
      if (!this.isOpen) return;
      this.close();
      ended();
    };
    for (const event of ['disconnect', 'close', 'handshake:error:protocol', 'handshake:error:other'] as const)
      this.#dealer.events.on(event, end);
    this.#dealer.connect(`tcp://127.0.0.1:${port}`);
    void this.#listen(heard, end);
  }

  async #listen(heard: Heard, end: () => void): Promise<void> {
    while (this.isOpen) {
      const frames = await this.#dealer.receive().catch(() => null);
      if (frames === null) return;
      const [word, tag, body = Buffer.alloc(0)] = frames;
      const name = String(word);
      if (name === 'closed') return end();
      if (name === 'answer') this.#answers.get(String(tag))?.answered(JSON.parse(String(body)));
      else heard(name, String(tag), body);
    }
  }

  frames(...frames: (string | Buffer)[]): void {
    if (this.isOpen) this.#dealer.send(frames).catch(() => undefined);
  }

  say(word: string, body: unknown, tag = ''): void {
    this.frames(word, tag, JSON.stringify(body));
  }

  ask(word: string, body: unknown): Promise<unknown> {
    const tag = String(++this.#lastTag);
    return new Promise((answered, failed) => {
      this.#answers.set(tag, { answered, failed });
      this.say(word, body, tag);
    });
  }

  /** As launchers do, whether they beat or not; Socket.IO does it by itself. */
  ping(): void {
    this.#pinging = setInterval(() => this.frames('ping', '', ''), PING_MS);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.#pinging !== null) clearInterval(this.#pinging);
    this.#dealer.close();
    for (const { failed } of this.#answers.values()) failed(new Error('the line ended before the answer'));
  }
}

function addressOf(control: number, output: number, serverKey: string | null): LinkAddress {
  const pieces = new Map<string, Buffer>();
  let outputLine: Frames | null = null;
  const shipLine = (): Frames => {
    outputLine ??= new Frames(
      output,
      serverKey,
      (word, tag) => word === 'go' && outputLine?.frames('piece', tag, pieces.get(tag) ?? ''),
      () => (outputLine = null),
    );
    return outputLine;
  };
  let pieceTag = 0;
  return {
    register: async (body) => {
      const line = new Frames(
        control,
        serverKey,
        () => undefined,
        () => undefined,
      );
      const answer = await line.ask('register', body);
      line.close();
      return answer as Answer;
    },
    ship: async (query, bytes, { token, key }) => {
      pieces.set(String(++pieceTag), bytes);
      return (await shipLine().ask('offer', { query: query.toString(), bytes: bytes.length, token, key })) as Answer;
    },
    open: (identity, party) =>
      new Promise((resolve, reject) => {
        const line: Frames = new Frames(
          control,
          serverKey,
          (word, _tag, body) => {
            if (word === 'opened') {
              line.ping();
              return resolve(line);
            }
            const said: unknown = body.length === 0 ? null : JSON.parse(body.toString());
            if (word === 'refused') {
              line.close();
              reject(said);
            } else party.heard(word, said);
          },
          () => {
            reject(new Error('the line ended'));
            party.ended();
          },
        );
        line.say('open', identity);
      }),
    close: () => outputLine?.close(),
  };
}
