/**
 * The wire between one launcher and the manager, as a TCP relay that can do what wires do: be cut, lose one direction,
 * be slow, end in the middle of a message. A lost direction is one that stalls: TCP would send again what is lost.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { machineMs } from '../oracle/machine-clock';
import type { NetTrouble } from '../plan/deeds';

const SLOW_MS = 80;
const FLAP_MS = 70;

interface Pair {
  readonly launcher: Socket;
  readonly manager: Socket;
  /** Pieces still on a slow wire, by whose they are. What comes after them stays behind them, also when it is slow no more. */
  readonly underWay: Record<'launcher' | 'manager', number>;
}
type Side = keyof Pair['underWay'];

/** A time in which one of its directions carried nothing, by the machine's own clock. */
export interface Silence {
  readonly fromMs: number;
  readonly toMs: number;
}
/** Shorter ones are of no concern. */
const SILENCE_MS_MIN = 1_000;

export class Wire {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #trouble: NetTrouble | null = null;
  #flapping: NodeJS.Timeout | null = null;
  #isDown = false;
  readonly #silences: Silence[] = [];
  readonly #carriedAtMs = { launcher: machineMs(), manager: machineMs() };

  private constructor(private readonly managerPort: number) {
    this.#server = createServer({ allowHalfOpen: true }, (launcher) => this.#join(launcher));
  }

  static open(managerPort: number): Promise<Wire> {
    const wire = new Wire(managerPort);
    return new Promise((resolve) => wire.#server.listen(0, '127.0.0.1', () => resolve(wire)));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Of both directions, the one that still goes on too. */
  get silences(): Silence[] {
    const nowMs = machineMs();
    return [...this.#silences, ...Object.values(this.#carriedAtMs).map((fromMs) => ({ fromMs, toMs: nowMs }))];
  }

  #carries(from: Side): void {
    const nowMs = machineMs();
    const fromMs = this.#carriedAtMs[from];
    this.#carriedAtMs[from] = nowMs;
    if (nowMs - fromMs >= SILENCE_MS_MIN) this.#silences.push({ fromMs, toMs: nowMs });
  }

  trouble(trouble: NetTrouble): void {
    this.heal();
    this.#trouble = trouble;
    if (trouble === 'cut') this.#cut();
    if (trouble === 'flap') {
      this.#flapping = setInterval(() => {
        this.#isDown = !this.#isDown;
        if (this.#isDown) this.#cut();
      }, FLAP_MS);
    }
    if (trouble === 'half-open' || trouble === 'deaf-manager') this.#each(({ launcher }) => launcher.pause());
    if (trouble === 'half-open' || trouble === 'deaf-worker') this.#each(({ manager }) => manager.pause());
  }

  heal(): void {
    this.#trouble = null;
    this.#isDown = false;
    if (this.#flapping !== null) clearInterval(this.#flapping);
    this.#flapping = null;
    this.#each(({ launcher, manager }) => {
      launcher.resume();
      manager.resume();
    });
  }

  close(): void {
    this.heal();
    this.#cut();
    this.#server.close();
  }

  #join(launcher: Socket): void {
    if (this.#trouble === 'cut' || this.#isDown) return void launcher.resetAndDestroy();
    const manager = connect({ port: this.managerPort, host: '127.0.0.1', allowHalfOpen: true });
    const pair: Pair = { launcher, manager, underWay: { launcher: 0, manager: 0 } };
    this.#pairs.add(pair);
    this.#relay(pair, 'launcher', 'manager');
    this.#relay(pair, 'manager', 'launcher');
    if (this.#trouble === 'half-open' || this.#trouble === 'deaf-manager') launcher.pause();
    if (this.#trouble === 'half-open' || this.#trouble === 'deaf-worker') pair.manager.pause();
  }

  #relay(pair: Pair, from: Side, to: Side): void {
    pair[from].setNoDelay(true);
    pair[from].on('data', (bytes) => this.#carry(pair, from, to, bytes));
    pair[from].on('end', () => this.#inTurn(pair, from, () => pair[to].end()));
    pair[from].on('error', () => this.#drop(pair));
    pair[from].on('close', () => this.#drop(pair));
  }

  #carry(pair: Pair, from: Side, to: Side, bytes: Buffer): void {
    this.#carries(from);
    this.#inTurn(pair, from, () => this.#write(pair, from, to, bytes));
  }

  #inTurn(pair: Pair, from: Side, work: () => void): void {
    if (this.#trouble !== 'slow' && pair.underWay[from] === 0) return work();
    pair.underWay[from] += 1;
    // Timers of one length go off in the order in which they were set.
    setTimeout(() => {
      pair.underWay[from] -= 1;
      work();
    }, SLOW_MS);
  }

  #write(pair: Pair, from: Side, to: Side, bytes: Buffer): void {
    if (this.#trouble === 'mid-message' && bytes.length > 1) {
      pair[to].write(bytes.subarray(0, bytes.length >> 1), () => this.#drop(pair));
      return;
    }
    if (pair[to].write(bytes)) return;
    pair[from].pause();
    pair[to].once('drain', () => {
      if (!this.#isStalled(from)) pair[from].resume();
    });
  }

  #isStalled(side: Side): boolean {
    if (this.#trouble === 'half-open') return true;
    return this.#trouble === (side === 'launcher' ? 'deaf-manager' : 'deaf-worker');
  }

  #drop(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.launcher.destroy();
    pair.manager.destroy();
  }

  #cut(): void {
    this.#each((pair) => this.#drop(pair));
  }

  #each(what: (pair: Pair) => void): void {
    for (const pair of [...this.#pairs]) what(pair);
  }
}
