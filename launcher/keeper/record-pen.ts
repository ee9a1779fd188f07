/** Holds a process's record and writes it down; where the disk refuses (full, read-only), again and again until it is written. */
import type { Log } from '../logging';
import { RecordJournal, type ProcessRecord } from '../store/process-record';

const AGAIN_MS = 1_000;

export class RecordPen {
  #timer: NodeJS.Timeout | null = null;
  readonly #journal: RecordJournal;

  constructor(
    file: string,
    private readonly process: string,
    private record: ProcessRecord,
    private readonly log: Log,
  ) {
    this.#journal = new RecordJournal(file);
  }

  get now(): ProcessRecord {
    return this.record;
  }

  /** @param durable it must outlive a power cut: the wish changed */
  write(change: Partial<ProcessRecord>, durable: boolean): void {
    this.record = { ...this.record, ...change };
    this.#save(durable);
  }

  #save(durable: boolean): void {
    try {
      this.#journal.append(this.record, durable);
    } catch (error) {
      if (this.#timer !== null) return;
      this.log(
        'error',
        `${this.process}: its record could not be written (${(error as Error).message}); trying every second`,
      );
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#save(true);
      }, AGAIN_MS);
    }
  }

  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#journal.close();
  }
}
