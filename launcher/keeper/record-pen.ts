/**
 * Holds a process's record and writes it down; where the disk refuses (full, read-only), again and again until it is
 * written. What is not written is remembered by nobody but this launcher: so no run is born of it (`RunHand`).
 */
import { RecordJournal, type ProcessRecord } from '../store/process-record';
import type { Durability } from './durability';
import type { KeeperSurroundings } from './surroundings';

const AGAIN_MS = 1_000;

export class RecordPen {
  #timer: NodeJS.Timeout | null = null;
  #unwritten: string | null = null;
  readonly #journal: RecordJournal;

  constructor(
    private readonly file: string,
    private readonly process: string,
    private record: ProcessRecord,
    private readonly around: Pick<KeeperSurroundings, 'seal' | 'log' | 'outlivesPowerCut'>,
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

  #save(wanted: Durability): void {
    const { seal, outlivesPowerCut } = this.around;
    const durability = outlivesPowerCut ? wanted : 'no';
    try {
      this.#journal.append(seal.down(this.record), durability === 'at once');
      if (durability === 'soon') this.#journal.flushSoon();
      if (this.#unwritten !== null) this.around.log('info', `${this.process}: its record is written again`);
      this.#unwritten = null;
    } catch (error) {
      this.#again((error as Error).message);
    }
  }

  #again(trouble: string): void {
    const sentence = `its record ${this.file} could not be written (${trouble})`;
    if (this.#unwritten === null) this.around.log('error', `${this.process}: ${sentence}; trying every second`);
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
