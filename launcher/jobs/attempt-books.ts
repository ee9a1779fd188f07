/** The rows of the attempts, in memory and on the disk: a row changes by an entry of the journal and in no other way. */
import { join } from 'node:path';
import type { AttemptId } from '../../protocol/jobs';
import {
  apply,
  entriesOf,
  noRows,
  type AttemptEntry,
  type AttemptRow,
  type AttemptRows,
} from '../core/jobs/attempt-rows';
import type { Log } from '../logging';
import { AttemptJournal, readAttemptJournal } from './attempt-journal';

const FILE = 'attempts.jsonl';

/** What the last launcher left, for a look. */
export function readAttempts(directory: string): AttemptRows {
  const rows = noRows();
  for (const entry of readAttemptJournal(join(directory, FILE))) apply(rows, entry);
  return rows;
}

export class AttemptBooks {
  readonly #rows: AttemptRows;
  readonly #journal: AttemptJournal;
  /** It is on the disk that this boot's are in here. */
  #isBootKnown = false;

  constructor(
    directory: string,
    private readonly bootId: string,
    log: Log,
  ) {
    this.#rows = readAttempts(directory);
    this.#journal = new AttemptJournal(join(directory, FILE), () => entriesOf(this.#rows), log);
  }

  /**
   * The machine was restarted since these were begun, so the newest may be missing: of one that it is said again to run,
   * nobody here can say that it never began.
   */
  get mayHaveForgotten(): boolean {
    return this.#rows.boot !== null && this.#rows.boot !== this.bootId;
  }

  /** Whatever was said before the machine was restarted was said again. */
  nothingIsForgotten(): void {
    if (this.mayHaveForgotten) this.note({ kind: 'boot', bootId: this.bootId });
  }

  /**
   * True = what is begun now, and is forgotten by a power cut, is not begun again after it: one that was never said before
   * need not wait for the disk.
   */
  get areOfThisBoot(): boolean {
    if (this.#isBootKnown || this.mayHaveForgotten) return this.#isBootKnown;
    if (this.#rows.boot === null) this.note({ kind: 'boot', bootId: this.bootId });
    // Also where an earlier launcher of this boot wrote it: it may have been killed before it was on the disk.
    void this.durable().then(() => (this.#isBootKnown = true));
    return false;
  }

  get all(): readonly AttemptRow[] {
    return [...this.#rows.byId.values()];
  }

  get renewed(): AttemptRows['renewed'] {
    return this.#rows.renewed;
  }

  of(attempt: AttemptId): AttemptRow | undefined {
    return this.#rows.byId.get(attempt);
  }

  note(entry: AttemptEntry): void {
    apply(this.#rows, entry);
    this.#journal.append(entry);
  }

  /** Something that was noted is not even the kernel's yet: a launcher that comes after this one would not know it. */
  get isBehind(): boolean {
    return this.#journal.isBehind;
  }

  /** Resolves when all that was noted is on the disk. */
  durable(): Promise<void> {
    return this.#journal.durable();
  }

  release(): void {
    this.#journal.close();
  }
}
