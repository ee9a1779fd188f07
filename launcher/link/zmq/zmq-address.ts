/**
 * A manager reached over ZeroMQ, asked the same things as one reached by HTTP: a registration on a short line of its own,
 * pieces of output on a line that stays, each offered first and sent when the manager has room for it.
 */
import { OUTPUT_PATH, type LauncherIdentity } from '../../../protocol/link';
import { parseBody, ZmqAnswer, type ZmqOffer } from '../../../protocol/zmq';
import type { ManagerAddress, Reply } from '../manager-address';
import { ZmqLine, type ZmqTarget } from './zmq-line';
import { ZmqQuestions } from './zmq-questions';

export class ZmqAddress implements ManagerAddress {
  readonly #outputQuestions = new ZmqQuestions();
  #outputLine: ZmqLine | null = null;

  constructor(
    readonly url: string,
    private readonly control: ZmqTarget,
    private readonly output: ZmqTarget,
    private readonly proof: Pick<LauncherIdentity, 'token' | 'key'>,
  ) {}

  async post(path: string, _contentType: string, body: Buffer, timeoutMs: number): Promise<Reply> {
    const asked = path.startsWith(`${OUTPUT_PATH}?`)
      ? this.#ship(path.slice(OUTPUT_PATH.length + 1), body, timeoutMs)
      : this.#register(body, timeoutMs);
    return ZmqAnswer.parse(await asked);
  }

  async #register(body: Buffer, timeoutMs: number): Promise<unknown> {
    const questions = new ZmqQuestions();
    const line = new ZmqLine(this.control, {
      heard: (_word, tag, answer) => questions.answered(tag, parseBody(answer)),
      lost: (reason) => questions.lost(reason),
    });
    try {
      return await questions.ask(timeoutMs, (tag) => line.sayBytes('register', body, tag));
    } finally {
      line.close();
    }
  }

  #ship(query: string, piece: Buffer, timeoutMs: number): Promise<unknown> {
    const line = (this.#outputLine ??= this.#openOutput());
    const { token, key } = this.proof;
    const offer: ZmqOffer = { query, bytes: piece.length, token, key };
    return this.#outputQuestions.ask(
      timeoutMs,
      (tag) => line.say('offer', offer, tag),
      (tag) => line.sayBytes('piece', piece, tag),
    );
  }

  #openOutput(): ZmqLine {
    const line = new ZmqLine(this.output, {
      heard: (word, tag, body) =>
        word === 'go'
          ? this.#outputQuestions.goOn(tag)
          : this.#outputQuestions.answered(tag, word === 'answer' ? parseBody(body) : undefined),
      lost: (reason) => {
        if (this.#outputLine === line) this.#outputLine = null;
        this.#outputQuestions.lost(reason);
      },
    });
    return line;
  }

  close(): void {
    this.#outputLine?.close();
    this.#outputLine = null;
    this.#outputQuestions.lost('the launcher ends');
  }
}
