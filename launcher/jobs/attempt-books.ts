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

  constructor(directory: string, log: Log) {
    this.#rows = readAttempts(directory);
    this.#journal = new AttemptJournal(join(directory, FILE), () => entriesOf(this.#rows), log);
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
