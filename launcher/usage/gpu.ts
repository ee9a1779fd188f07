/**
 * The machine's NVIDIA devices, asked of nvidia-smi at its own slow pace. A beat takes what was learned last and never
 * waits: an nvidia-smi that hangs in a sick driver is ended after a timeout, and until it is really gone (it may be past
 * all signals) no second one is started.
 *
 * A device is handed on once it was seen empty, so whoever has given one back asks for a look at once.
 */
import { execFile } from 'node:child_process';
import type { GpuDevice, GpuShare } from '../../protocol/link';
import type { Log } from '../logging';
import { DEVICE_QUERY, HOLDER_QUERY, parseDevices, parseHolders, parseProcessUse, type GpuHolder } from './gpu-words';

const PACE_MS = 5_000;
/** A healthy one answers within a second, with many devices within three. */
const TIMEOUT_MS = 5_000;
/** Where there is none it is looked for again: a driver may be loaded later. */
const ABSENT_PACE_MS = 300_000;
/** However many are given back in a moment: the program takes a core while it answers. */
const LOOKS_APART_MS = 500;

const CSV = '--format=csv,noheader,nounits';

export class GpuWatch {
  #devices: readonly GpuDevice[] | null = null;
  #holders: readonly GpuHolder[] = [];
  #busy: readonly { pid: number; index: number; utilization: number }[] = [];
  #trouble: string | null = null;
  #tellsUse = true;
  #timer: NodeJS.Timeout | null = null;
  #isReleased = false;
  #isLooking = false;
  #hasLooked = false;
  /** Somebody asked while a look was under way, which may have been too early. */
  #isToLookAgain = false;
  /** When what is known was asked for. */
  #seenAtMs = performance.now();

  constructor(
    private readonly log: Log,
    private readonly program = 'nvidia-smi',
  ) {
    void this.#look();
  }

  get devices(): readonly GpuDevice[] | null {
    return this.#devices;
  }
  /** Why `devices` is not to be believed; null = it is, or there are none. Before the first answer there is none to believe. */
  get trouble(): string | null {
    return this.#trouble ?? (this.#hasLooked ? null : `${this.program} has not answered yet`);
  }

  /** How old what is known of the devices is. */
  get ageMs(): number {
    return performance.now() - this.#seenAtMs;
  }

  /** What happened until now is seen soon. */
  lookSoon(): void {
    if (this.#isLooking) this.#isToLookAgain = true;
    else if (this.#devices !== null) this.#lookIn(Math.max(0, LOOKS_APART_MS - this.ageMs));
  }

  /** What these processes hold, a share for each device. */
  sharesOf(pids: ReadonlySet<number>): GpuShare[] {
    return (this.#devices ?? []).flatMap(({ index, uuid }) => {
      const held = this.#holders.filter((holder) => holder.uuid === uuid && pids.has(holder.pid));
      const busy = this.#busy.filter((use) => use.index === index && pids.has(use.pid));
      if (held.length + busy.length === 0) return [];
      const utilization = busy.length === 0 ? null : busy.reduce((sum, use) => sum + use.utilization, 0);
      return [{ index, memoryBytes: held.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0), utilization }];
    });
  }

  async #look(): Promise<void> {
    let paceMs = PACE_MS;
    this.#isLooking = true;
    this.#isToLookAgain = false;
    const askedAtMs = performance.now();
    try {
      const devices = parseDevices(await this.#ask([`--query-gpu=${DEVICE_QUERY}`, CSV]));
      const holders = parseHolders(await this.#ask([`--query-compute-apps=${HOLDER_QUERY}`, CSV]));
      const busy = this.#tellsUse && devices.length > 0 ? parseProcessUse(await this.#askUse()) : [];
      // Together: a beat between two answers would tell a half.
      [this.#devices, this.#holders, this.#busy, this.#seenAtMs] = [devices, holders, busy, askedAtMs];
      this.#say(null);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#holders = this.#busy = [];
      if (code === 'ENOENT') [this.#devices, paceMs] = [null, ABSENT_PACE_MS];
      else this.#say(message);
    }
    this.#isLooking = false;
    this.#hasLooked = true;
    this.#lookIn(this.#isToLookAgain ? LOOKS_APART_MS : paceMs);
  }

  #lookIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#isReleased ? null : setTimeout(() => void this.#look(), ms).unref();
  }

  /** Older drivers and virtual devices do not tell use by process: then it is not asked again. */
  #askUse(): Promise<string> {
    return this.#ask(['pmon', '-c', '1', '-s', 'u']).catch((error: Error & { isSilence?: boolean }) => {
      if (error.isSilence === true) throw error;
      this.#tellsUse = false;
      return '';
    });
  }

  #say(trouble: string | null): void {
    if (trouble !== null && this.#trouble === null) this.log('warn', `GPUs are not measured: ${trouble}`);
    if (trouble === null && this.#trouble !== null) this.log('info', 'GPUs are measured again');
    this.#trouble = trouble;
  }

  /** Settles when the program is gone; told at the timeout already, so that what is shown is not older than that. */
  #ask(words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#say(`${this.program} does not answer within ${TIMEOUT_MS / 1000} s`);
        child.kill('SIGKILL');
      }, TIMEOUT_MS);
      const child = execFile(this.program, words, { maxBuffer: 2 ** 22 }, (error, stdout) => {
        clearTimeout(late);
        if (error === null) return resolve(stdout);
        const isSilence = child.killed;
        const why = isSilence ? `${this.program} does not answer within ${TIMEOUT_MS / 1000} s` : firstLine(error);
        reject(Object.assign(new Error(why), { isSilence, code: (error as NodeJS.ErrnoException).code }));
      });
      child.unref();
    });
  }

  release(): void {
    this.#isReleased = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

const firstLine = ({ message }: Error): string => message.trim().split('\n')[0] ?? '';
