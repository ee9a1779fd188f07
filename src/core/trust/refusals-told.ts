/**
 * Which refused registrations the audit was told of lately. A launcher with a wrong credential asks every few seconds and
 * a stranger as often as he likes: neither may fill the disk. In memory: after a restart each is told once more.
 */
const AGAIN_AFTER_MS = 600_000;
/** Of one address within that time; what is beyond it is not told. */
const PER_ADDRESS_MAX = 20;
const ADDRESSES_MAX = 1_000;

interface Told {
  readonly sinceMs: number;
  readonly what: Set<string>;
}

export class RefusalsTold {
  private readonly byAddress = new Map<string, Told>();

  /** True once for each `what` of an address, until it is long ago. */
  isNews(address: string, what: string, nowMs: number): boolean {
    const told = this.toldOf(address, nowMs);
    if (told.what.has(what) || told.what.size >= PER_ADDRESS_MAX) return false;
    told.what.add(what);
    return true;
  }

  private toldOf(address: string, nowMs: number): Told {
    const known = this.byAddress.get(address);
    if (known !== undefined && nowMs - known.sinceMs < AGAIN_AFTER_MS) return known;
    this.byAddress.delete(address);
    const [oldest] = this.byAddress.keys();
    if (this.byAddress.size >= ADDRESSES_MAX && oldest !== undefined) this.byAddress.delete(oldest);
    const fresh = { sinceMs: nowMs, what: new Set<string>() };
    this.byAddress.set(address, fresh);
    return fresh;
  }
}
