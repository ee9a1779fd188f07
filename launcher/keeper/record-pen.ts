/**
 * Holds a process's record and writes it down; where the disk refuses (full, read-only), again and again until it is
 * written. What is not written is remembered by nobody but this launcher: so no run is born of it (`RunHand`).
 */
import type { Log } from '../logging';
import { RecordJournal, type ProcessRecord } from '../store/process-record';
import type { RecordSeal } from '../store/record-seal';
import type { Durability } from './durability';

const AGAIN_MS = 1_000;

export class RecordPen {
  #timer: NodeJS.Timeout | null = null;
  #unwritten: string | null = null;
  readonly #journal: RecordJournal;

  constructor(
    private readonly file: string,
    private readonly process: string,
    private record: ProcessRecord,
    private readonly seal: RecordSeal,
    private readonly log: Log,
  ) {
    this.#journal = new RecordJournal(file);
  }

  /** With the next word: what is on the disk shows what is to be sealed. */
  beginAnew(): void {
    this.#journal.beginAnew();
  }

  get now(): ProcessRecord {
    return this.record;
  }

  /** Why `now` is not on the disk, for people; null = it is. */
  get unwritten(): string | null {
    return this.#unwritten;
  }

  write(change: Partial<ProcessRecord>, durability: Durability): void {
    const before = this.record.supervised.spec;
    this.record = { ...this.record, ...change };
    // What was an ordinary variable may be a secret now.
    if (this.record.supervised.spec !== before) this.#journal.beginAnew();
    this.#save(durability);
  }

  #save(durability: Durability): void {
    try {
      this.#journal.append(this.seal.down(this.record), durability === 'at once');
      if (durability === 'soon') this.#journal.flushSoon();
      if (this.#unwritten !== null) this.log('info', `${this.process}: its record is written again`);
      this.#unwritten = null;
    } catch (error) {
      this.#again((error as Error).message);
    }
  }

  #again(trouble: string): void {
    const sentence = `its record ${this.file} could not be written (${trouble})`;
    if (this.#unwritten === null) this.log('error', `${this.process}: ${sentence}; trying every second`);
    this.#unwritten = sentence;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#save('at once');
    }, AGAIN_MS);
  }

  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#journal.close();
  }
}
