/** Questions on a line that are waiting for their answers, by tag. */
interface Question {
  readonly answered: (body: unknown) => void;
  readonly failed: (error: Error) => void;
  /** Told to go on: the answer is still to come. */
  readonly goOn: (() => void) | undefined;
  readonly timer: NodeJS.Timeout;
}

export class ZmqQuestions {
  readonly #open = new Map<string, Question>();
  #lastTag = 0;

  /**
   * @param ask says the question under the tag
   * @returns the answer; rejects when none came in time, or the line was lost
   */
  ask(timeoutMs: number, ask: (tag: string) => void, goOn?: (tag: string) => void): Promise<unknown> {
    const tag = String(++this.#lastTag);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#open.delete(tag);
        reject(new Error(`no answer within ${timeoutMs / 1000} s`));
      }, timeoutMs);
      this.#open.set(tag, { answered: resolve, failed: reject, goOn: goOn && (() => goOn(tag)), timer });
      ask(tag);
    });
  }

  answered(tag: string, body: unknown): void {
    const question = this.#open.get(tag);
    if (question === undefined) return; // it came too late
    this.#open.delete(tag);
    clearTimeout(question.timer);
    question.answered(body);
  }

  goOn(tag: string): void {
    this.#open.get(tag)?.goOn?.();
  }

  lost(reason: string): void {
    for (const { failed, timer } of this.#open.values()) {
      clearTimeout(timer);
      failed(new Error(reason));
    }
    this.#open.clear();
  }
}
