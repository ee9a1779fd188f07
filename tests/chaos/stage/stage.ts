/**
 * Everything of one seed: a manager, a launcher for each worker on a wire of its own, witnesses below them, bystanders
 * beside them, disks and clocks where the row wants such. All of it is gone when the seed is over.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { quietPort } from '../../harness/quiet-port';
import { until } from '../../harness/until';
import type { World } from '../../harness/world';
import { end, lookAround } from '../oracle/sightings';
import type { Part } from '../plan/cast';
import type { Schedule } from '../plan/schedule';
import { FakeClock, forgetClockOf } from './fake-clock';
import { Player } from './player';
import type { ProgramFiles } from './program-files';
import { SmallDisk } from './small-disk';
import { Wire } from './wire';

const UP_MS = 60_000;
const WITNESS = resolve('tests/chaos/witness/witness.pl');
const STRANGER = resolve('tests/chaos/witness/stranger.pl');
const NVIDIA_SMI = resolve('tests/chaos/witness/nvidia-smi.pl');
/** Of each worker, where jobs run. */
export const DEVICES = 8;
/** Silence is judged within a seed's time. */
const HEARTBEAT_TIMEOUT_SECONDS = 4;
/** Whatever is over is still to be judged. */
const JOBS_KEPT = 1_000_000;

export interface Stranger {
  readonly pid: number;
  /** Every signal it heard, a line each. */
  readonly account: string;
}

export class Stage {
  readonly mark: string;
  readonly strangers: Stranger[] = [];
  readonly launchers = new Map<string, Player>();
  readonly wires = new Map<string, Wire>();
  readonly disks: { manager: SmallDisk | null; launchers: Map<string, SmallDisk> } = {
    manager: null,
    launchers: new Map(),
  };
  readonly clocks = new Map<string, FakeClock>();
  /** `manager` or a worker: started from the next version's files. */
  readonly isNext = new Set<string>();
  manager!: Player;
  #root = '';
  #port = 0;

  constructor(
    readonly schedule: Schedule,
    private readonly world: World,
    private readonly files: ProgramFiles,
  ) {
    this.mark = `m${schedule.seed}-${process.pid}`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  get managerData(): string {
    return this.#place('manager');
  }
  launcherData(worker: string): string {
    return this.#place(`launcher-${worker}`);
  }
  /** Where the lives of a process are written down, by itself. */
  truthOf({ worker, process: name }: Pick<Part, 'worker' | 'process'>): string {
    return this.#place(`truth-${worker}.${name}`);
  }
  /** A copy of the manager's data, when one was made. */
  get backup(): string {
    return join(this.#root, 'backup');
  }
  /** Where jobs write down what they did. */
  get jobsPlace(): string {
    return this.#place('jobs');
  }
  commandOf(part: Part): string[] {
    return [WITNESS, this.truthOf(part), this.mark, part.role];
  }

  async open(): Promise<void> {
    const { setting, cast } = this.schedule;
    this.#root = this.world.directory();
    this.#port = await quietPort();
    if (setting.diskMb !== null) this.#mountDisks(setting.diskMb);
    if (setting.fakeClock)
      for (const who of ['manager', ...cast.workers])
        this.clocks.set(who, new FakeClock(join(this.#root, `clock-${who}`)));
    this.manager = this.#managerPlayer();
    await this.manager.come();
    for (const worker of cast.workers) {
      this.wires.set(worker, await Wire.open(this.#port));
      this.launchers.set(worker, this.#launcherPlayer(worker));
    }
    await Promise.all([...this.launchers.values()].map((launcher) => launcher.come()));
    await this.#addStranger();
  }

  launcher(worker: string): Player {
    const player = this.launchers.get(worker);
    if (player === undefined) throw new Error(`no launcher ${worker}`);
    return player;
  }

  #mountDisks(megabytes: number): void {
    this.disks.manager = new SmallDisk(this.managerData, megabytes);
    for (const worker of this.schedule.cast.workers)
      this.disks.launchers.set(worker, new SmallDisk(this.launcherData(worker), megabytes));
  }

  #managerPlayer(): Player {
    const config = join(this.#root, 'manager.yaml');
    writeFileSync(
      config,
      `monitoring:\n  heartbeat_timeout: ${HEARTBEAT_TIMEOUT_SECONDS}\njobs:\n  kept: ${JOBS_KEPT}\n`,
    );
    return new Player('manager', async () => {
      const flags = ['manager', '--config', config, '--host', '127.0.0.1', '--port', `${this.#port}`];
      const argv = [this.#program('manager', 'procguard.js'), ...flags, '--data-dir', this.managerData];
      const program = this.world.start([process.execPath, ...argv], {
        cwd: this.#root,
        env: { PROCGUARD_CHAOS: this.mark, ...this.clocks.get('manager')?.environment },
      });
      await until(
        'the manager to listen, or to end',
        UP_MS,
        () => !program.isRunning || program.output.includes('dashboard: '),
      );
      return program;
    });
  }

  #launcherPlayer(worker: string): Player {
    const definitions = join(this.#root, `${worker}.json`);
    writeFileSync(definitions, JSON.stringify(this.#definitionsOf(worker)));
    const { openFilesMax } = this.schedule.setting;
    const { tree, slots } = this.schedule.cast;
    return new Player(`launcher ${worker}`, async () => {
      const url = `http://127.0.0.1:${this.wires.get(worker)?.port}`;
      const flags = [
        '--worker-id',
        worker,
        '--manager-url',
        url,
        '--tree',
        tree,
        '--processes',
        definitions,
        '--slots',
        `${slots}`,
      ];
      const limited = openFilesMax === null ? [] : ['prlimit', `--nofile=${openFilesMax}`];
      const argv = [process.execPath, this.#program(worker, 'launcher.js'), ...flags];
      const program = this.world.start([...limited, ...argv, '--data-dir', this.launcherData(worker)], {
        cwd: this.#root,
        env: { PROCGUARD_CHAOS: this.mark, ...this.clocks.get(worker)?.environment, ...this.#devices(worker) },
      });
      await until(
        'the launcher to keep its data, or to end',
        UP_MS,
        () => !program.isRunning || program.output.includes('trees kept apart'),
      );
      return program;
    });
  }

  /** Devices that are in use while a job says so, by an nvidia-smi of our own. */
  #devices(worker: string): Readonly<Record<string, string>> {
    if (this.schedule.jobs.length === 0) return {};
    const place = this.#place(`bin-${worker}`);
    const script = `#!/bin/sh\nexec ${NVIDIA_SMI} '${this.jobsPlace}' ${worker} ${DEVICES} "$@"\n`;
    writeFileSync(join(place, 'nvidia-smi'), script, { mode: 0o755 });
    return { PATH: `${place}:${process.env.PATH ?? ''}` };
  }

  #program(who: string, file: string): string {
    return join(this.isNext.has(who) ? this.files.next : this.files.now, file);
  }

  #definitionsOf(worker: string): unknown[] {
    return this.schedule.cast.parts
      .filter((part) => part.worker === worker)
      .map((part) => ({
        name: part.process,
        command: this.commandOf(part),
        workingDir: this.#root,
        restart: { delayMs: this.schedule.seed % 3 === 0 ? 0 : 60, maxRestarts: 8, jitter: 0 },
        stop: { graceMs: 300 },
        autoStart: true,
      }));
  }

  async #addStranger(): Promise<void> {
    const account = join(this.#root, `stranger-${this.strangers.length}`);
    const pid = await this.strangerWithPid(account, null);
    if (pid === null) throw new Error('a bystander could not be started');
  }

  /** @param wanted its number; null = any. Resolves with its pid; null = it could not have that number. */
  async strangerWithPid(account: string, wanted: number | null): Promise<number | null> {
    writeFileSync(account, '');
    const words = [STRANGER, account, this.mark, ...(wanted === null ? [] : [String(wanted)])];
    const starter = this.world.start(words, { cwd: this.#root, detached: true });
    const told = await until(
      'a bystander',
      UP_MS,
      () => /^\d+$/m.exec(starter.output)?.[0] ?? (!starter.isRunning && 'none'),
    );
    if (told === 'none') return null;
    this.strangers.push({ pid: Number(told), account });
    return Number(told);
  }

  newAccount(): string {
    return join(this.#root, `stranger-${this.strangers.length}`);
  }

  /** A directory of the scene, made when it is first asked for. */
  #place(name: string): string {
    const path = join(this.#root, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** The launcher's own words, and the manager's, for a violation's report. */
  get outputs(): string {
    return [this.manager, ...this.launchers.values()].map(({ name, output }) => `=== ${name}\n${output}`).join('\n');
  }

  signalsOf({ account }: Stranger): string[] {
    return readFileSync(account, 'latin1')
      .split('\n')
      .filter((line) => line !== '');
  }

  /** Ends everything, also what should not be there any more. */
  async close(): Promise<void> {
    await Promise.all([this.manager, ...this.launchers.values()].map((player) => player?.go('SIGKILL')));
    // A tree that forks while it is ended is ended again.
    await until('every process of the seed to be gone', 30_000, () => {
      const left = lookAround(this.mark);
      left.forEach(end);
      return left.length === 0;
    });
    for (const { pids } of [this.manager, ...this.launchers.values()])
      if (this.schedule.setting.fakeClock) pids.forEach(forgetClockOf);
    for (const wire of this.wires.values()) wire.close();
    this.disks.manager?.close();
    for (const disk of this.disks.launchers.values()) disk.close();
  }
}
