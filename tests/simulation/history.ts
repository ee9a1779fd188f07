/** Plays a history. At its end everything is healed, and what is wanted must come to be so. */
import { ProcessName, type WorkerId } from '../../protocol/ids';
import { Refusal } from '../../protocol/errors';
import { ProcessSpec } from '../../protocol/process-spec';
import { livingRun } from '../../launcher/core/supervisor-state';
import { Kernel } from './kernel';
import { BrokenPromise, Promises } from './promises';
import { Crash, newRecord, type CrashPoint, type SimRecord } from './sim-keeper';
import { SimLauncher } from './sim-launcher';
import { ManagerCrash, SimManager } from './sim-manager';
import { PROCESSES, WORKERS, type OrderVerb, type Step } from './steps';

const ROUNDS_TO_REST = 200;

class Site {
  readonly name: string;
  readonly kernel: Kernel;
  readonly records = new Map<ProcessName, SimRecord>();
  crash: CrashPoint | null = null;
  lives = 0;
  /** Connections that the launcher lost and of which the manager has not heard. */
  readonly lost: string[] = [];

  constructor(number: number, now: () => number) {
    this.name = `w${number + 1}`;
    this.kernel = new Kernel(now);
    for (let i = 0; i < PROCESSES; i++) {
      const name = ProcessName.parse(`p${i + 1}`);
      const restart = { maxRestarts: 3, delayMs: i === 0 ? 0 : 500, jitter: 0 };
      this.records.set(name, newRecord(ProcessSpec.parse({ name, command: 'x', restart }), now()));
    }
  }
}

export class History {
  readonly promises = new Promises();
  #nowMs = 1_700_000_000_000;
  readonly #sites = Array.from({ length: WORKERS }, (_, i) => new Site(i, () => this.#nowMs));
  readonly #launchers = new Map<string, SimLauncher | null>();
  readonly #manager = new SimManager(this.#launchers, this.promises, () => this.#nowMs);
  /** Last order that the manager took, by process. */
  readonly #wished = new Map<string, OrderVerb>();
  #connections = 0;
  #births = 0;

  constructor() {
    for (const site of this.#sites) {
      this.promises.watch(site.name, site.kernel);
      this.#launchers.set(site.name, null);
      this.#startLauncher(site);
      this.#connect(site);
    }
  }

  /** Throws BrokenPromise. */
  run(steps: readonly Step[]): void {
    for (const step of steps) this.#guarded(() => this.#take(step));
    this.#rest();
    this.#judge();
  }

  /** A crash that the history asked for ends the work in hand, and nothing else. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Crash) && !(error instanceof ManagerCrash)) throw error;
    }
  }

  #take(step: Step): void {
    const site = 'worker' in step ? this.#sites[step.worker] : undefined;
    const process = 'process' in step ? `p${step.process + 1}` : '';
    if (step.kind === 'time') return this.#time(step.ms);
    if (step.kind === 'kill-manager') {
      if (step.atNextTurn && this.#manager.isUp) this.#manager.crashesNext = true;
      else this.#manager.kill();
      return;
    }
    if (step.kind === 'start-manager') {
      if (!this.#manager.isUp) this.#manager.comeBack();
      return;
    }
    if (site === undefined) return;
    const launcher = this.#launchers.get(site.name) ?? null;
    switch (step.kind) {
      case 'order':
        return this.#order(site, process, step.verb);
      case 'birth':
        return site.kernel.birth(process, step.others);
      case 'exit':
        return site.kernel.exits(process, step.status);
      case 'heed':
        return site.kernel.heed(process);
      case 'kill-shim':
        return site.kernel.killShim(process);
      case 'up':
        return this.#carryUp(launcher);
      case 'down':
        return this.#carryDown(launcher);
      case 'connect':
        return this.#connect(site);
      case 'cut':
        return this.#cut(site);
      case 'notice':
        return this.#notice(site);
      case 'beat':
        return launcher?.beat();
      case 'reboot':
        this.#killLauncher(site);
        return site.kernel.reboot();
      case 'kill-launcher':
        if (step.at === null) this.#killLauncher(site);
        else site.crash = step.at;
        return;
      case 'start-launcher':
        if (launcher === null) this.#startLauncher(site);
    }
  }

  #time(ms: number): void {
    this.#nowMs += ms;
    for (const launcher of this.#launchers.values()) this.#guarded(() => launcher?.timersDue());
    if (this.#manager.isUp) this.#guarded(() => this.#manager.tick());
  }

  #order(site: Site, process: string, verb: OrderVerb): void {
    if (!this.#manager.isUp) return;
    const key = `${site.name}/${process}`;
    const before = this.#wished.get(key);
    // Committed before it is told: a manager killed in between has taken it all the same.
    this.#wished.set(key, verb);
    if (this.#manager.order(site.name, process, verb) instanceof Refusal) {
      if (before === undefined) this.#wished.delete(key);
      else this.#wished.set(key, before);
    }
  }

  #startLauncher(site: Site): void {
    const launcher = new SimLauncher(
      {
        worker: site.name,
        kernel: site.kernel,
        promises: this.promises,
        now: () => this.#nowMs,
        nextBirth: () => ++this.#births,
        crashAt: (point) => {
          if (site.crash !== point) return;
          site.crash = null;
          this.#killLauncher(site);
          throw new Crash();
        },
      },
      ++site.lives,
      site.records,
    );
    this.#launchers.set(site.name, launcher);
    this.#guarded(() => launcher.begin());
  }

  #killLauncher(site: Site): void {
    const launcher = this.#launchers.get(site.name) ?? null;
    if (launcher === null) return;
    if (launcher.connection !== null) site.lost.push(launcher.connection);
    launcher.forget();
    this.#launchers.set(site.name, null);
  }

  #connect(site: Site): void {
    const launcher = this.#launchers.get(site.name) ?? null;
    if (launcher === null || launcher.connection !== null || !this.#manager.isUp) return;
    const connection = `${site.name}#${++this.#connections}`;
    if (this.#manager.admit(launcher, connection)) launcher.connected(connection);
  }

  #cut(site: Site): void {
    const launcher = this.#launchers.get(site.name);
    if (launcher?.connection == null) return;
    site.lost.push(launcher.connection);
    launcher.disconnected();
  }

  #notice(site: Site): void {
    const connection = site.lost.shift();
    if (connection !== undefined && this.#manager.isUp) this.#manager.closed(site.name, connection);
  }

  #carryUp(launcher: SimLauncher | null): void {
    const message = this.#manager.isUp ? launcher?.up.shift() : undefined;
    if (launcher !== null && message !== undefined) this.#manager.hear(launcher, message);
  }

  #carryDown(launcher: SimLauncher | null): void {
    const message = launcher?.down.shift();
    if (launcher !== null && message !== undefined) launcher.hear(message);
  }

  /** Everything is healed, every message carried, every birth given and every stop heeded, until nothing moves. */
  #rest(): void {
    this.#manager.crashesNext = false;
    if (!this.#manager.isUp) this.#manager.comeBack();
    for (let round = 0; round < ROUNDS_TO_REST; round++) {
      for (const site of this.#sites) this.#healed(site);
      this.#time(round % 10 === 9 ? 61_000 : 500);
      if (this.#isQuiet()) return;
    }
    this.promises.hold(false, () => `it does not come to rest: ${this.#picture()}`);
  }

  #healed(site: Site): void {
    site.crash = null;
    if (this.#launchers.get(site.name) == null) this.#startLauncher(site);
    while (site.lost.length > 0) this.#notice(site);
    this.#connect(site);
    const launcher = this.#launchers.get(site.name) ?? null;
    for (const name of site.records.keys()) {
      site.kernel.birth(name, 0);
      site.kernel.heed(name);
    }
    this.#carryAll(launcher);
    launcher?.beat();
    this.#carryAll(launcher);
  }

  #carryAll(launcher: SimLauncher | null): void {
    while (launcher !== null && launcher.up.length + launcher.down.length > 0) {
      this.#carryUp(launcher);
      this.#carryDown(launcher);
    }
  }

  #isQuiet(): boolean {
    if ([...this.#manager.model.commands.values()].length > 0) return false;
    return this.#sites.every((site) => {
      const launcher = this.#launchers.get(site.name);
      if (launcher == null || launcher.hasUnacknowledged) return false;
      return [...launcher.keepers.values()].every(({ dueMs, record }) => {
        const { kind } = record.supervised.state;
        return dueMs === null && kind !== 'starting' && kind !== 'stopping';
      });
    });
  }

  #judge(): void {
    for (const site of this.#sites) {
      const presence = this.#manager.model.workers.get(site.name as WorkerId)?.presence.kind;
      this.promises.hold(presence === 'present', () => `${site.name} is ${presence} after everything was healed`);
      for (const [name, { supervised, ended }] of site.records) {
        const key = `${site.name}/${name}`;
        const row = this.#manager.process(site.name, name);
        const shown = row?.actual.via === 'launcher' ? row.actual.report.state.kind : 'nothing';
        this.promises.hold(
          shown === supervised.state.kind,
          () => `${key} is ${supervised.state.kind} and shown as ${shown}`,
        );
        this.promises.hold(
          row?.desired === supervised.desired,
          () => `${key}: wanted ${supervised.desired}, shown as wanted ${row?.desired}`,
        );
        const living = site.kernel.livingOf(name).map(({ run }) => run);
        const expected = supervised.state.kind === 'running' ? [livingRun(supervised)] : [];
        this.promises.hold(
          living.join() === expected.join(),
          () => `${key} is ${supervised.state.kind}; there live ${living.join() || 'none'}`,
        );
        for (const run of ended.keys())
          this.promises.hold(this.promises.isRecorded(run), () => `the end of ${key}'s run ${run} was never recorded`);
        this.#judgeWish(key, supervised.desired);
      }
    }
  }

  /** The last order that was taken is the wish. What is disabled refuses to be started, so then nothing is said of it. */
  #judgeWish(key: string, desired: string): void {
    const wished = this.#wished.get(key);
    const isStop = wished === 'stop' || wished === 'kill';
    if (isStop)
      this.promises.hold(desired === 'stopped', () => `${key}: the last order was ${wished}, and wanted is ${desired}`);
  }

  #picture(): string {
    const commands = [...this.#manager.model.commands.values()].map(
      ({ id, worker, message }) => `${id} for ${worker}: ${message.kind}`,
    );
    const states = this.#sites.flatMap((site) =>
      [...site.records].map(
        ([name, { supervised }]) => `${site.name}/${name} ${supervised.state.kind} (${supervised.state.why})`,
      ),
    );
    return [...states, ...commands].join('; ');
  }
}

/** Null = it held. */
export function whatBreaks(steps: readonly Step[]): { readonly what: string; readonly checks: number } | null {
  const history = new History();
  try {
    history.run(steps);
    return null;
  } catch (error) {
    if (error instanceof BrokenPromise) return { what: error.message, checks: history.promises.checks };
    return { what: `it threw: ${(error as Error).stack}`, checks: history.promises.checks };
  }
}
