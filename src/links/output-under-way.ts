/**
 * Bodies of output that are being sent right now. One of them may take minutes; when its worker is forgotten or its
 * credential changes in the meantime, it ends there and then.
 */
import type { Readable } from 'node:stream';
import type { Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import type { Feed } from '../engine/feed';

interface UnderWay {
  readonly worker: WorkerId;
  readonly body: Readable;
  readonly mayNot: (worker: WorkerId) => Refusal | null;
}

export class OutputUnderWay {
  private readonly all = new Set<UnderWay>();

  constructor(feed: Feed) {
    feed.listen(({ touched, facts }) => {
      if (touched.accounts.size > 0 || facts.some(({ kind }) => kind === 'worker.removed')) this.lookAgain();
    });
  }

  /** @returns what says that it has ended */
  began(worker: WorkerId, body: Readable, mayNot: UnderWay['mayNot']): () => void {
    const one = { worker, body, mayNot };
    this.all.add(one);
    return () => this.all.delete(one);
  }

  private lookAgain(): void {
    for (const { worker, body, mayNot } of this.all) {
      const refusal = mayNot(worker);
      if (refusal !== null) body.destroy(refusal);
    }
  }
}
