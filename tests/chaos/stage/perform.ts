/** Does one deed to the stage. What it disturbs is set right after its time, or by `setRight` at the end. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { end, lookAround, signal, type Sighting } from '../oracle/sightings';
import type { Claims } from '../oracle/claims';
import type { Part } from '../plan/cast';
import type { Deed, Player as PlayerName } from '../plan/deeds';
import type { Player } from './player';
import type { Stage } from './stage';

export class Performance {
  /** What goes on in the background: answers that are waited for, programs on their way back. */
  readonly #pending: Promise<unknown>[] = [];
  readonly #absent = new Set<Promise<unknown>>();

  constructor(
    private readonly stage: Stage,
    private readonly claims: Claims,
  ) {}

  async perform(deed: Deed): Promise<void> {
    switch (deed.kind) {
      case 'order':
        return this.#later(this.claims.order(deed.part, deed.verb));
      case 'define':
        return this.#later(this.claims.order(deed.part, 'define', definition(deed.part, this.stage)));
      case 'forget':
        return this.#later(this.claims.order(deed.part, 'forget'));
      case 'kill':
        return this.#kill(deed);
      case 'exchange':
        return this.#exchange(deed);
      case 'kill-shim':
        return this.#endAs(deed.part, this.#shimOf(deed.part));
      case 'kill-child':
        return this.#endAs(null, this.#leaderOf(deed.part));
      case 'freeze':
        return this.#freeze(deed);
      case 'network':
        this.stage.wires.get(deed.worker)?.trouble(deed.trouble);
        return this.#after(deed.forMs, () => this.stage.wires.get(deed.worker)?.heal());
      case 'disk':
        return this.#troubleDisk(deed);
      case 'clock':
        return this.stage.clocks.get(deed.whose === 'manager' ? 'manager' : deed.worker)?.set(deed.byMinutes);
      case 'reuse-pid':
        return this.#reusePid(deed.part);
      case 'reboot':
        return this.#reboot(deed.worker);
      case 'back-up':
        return this.#backUp();
      case 'restore':
        return this.#restore();
    }
  }

  /** The trouble is over: everything is as on a good day, and every answer has come. */
  async setRight(): Promise<void> {
    const { stage } = this;
    for (const wire of stage.wires.values()) wire.heal();
    for (const disk of [stage.disks.manager, ...stage.disks.launchers.values()]) disk?.setRight();
    for (const player of [stage.manager, ...stage.launchers.values()]) player.thaw();
    await Promise.all(this.#pending.splice(0));
    for (const player of [stage.manager, ...stage.launchers.values()]) await player.come();
  }

  /** Resolves when no more than this many kills wait for what they ended to be back. */
  async untilBack(most: number): Promise<void> {
    while (this.#absent.size > most) await Promise.race(this.#absent);
  }

  #later(done: Promise<unknown>): void {
    this.#pending.push(done);
  }

  #after(ms: number, work: () => unknown): void {
    this.#later(pause(ms).then(work));
  }

  #player(whom: PlayerName, worker: string): Player {
    return whom === 'manager' ? this.stage.manager : this.stage.launcher(worker);
  }

  async #kill({ whom, worker, forMs }: Extract<Deed, { kind: 'kill' }>): Promise<void> {
    const players = whom.map((name) => this.#player(name, worker));
    this.claims.wasKilledInTrouble ||= this.stage.schedule.setting.diskMb !== null;
    const isBack = whom.includes('launcher') ? this.claims.away(worker) : NOTHING;
    await Promise.all(players.map((player) => player.go('SIGKILL')));
    const back = pause(forMs)
      .then(() => Promise.all(players.map((player) => player.come())))
      .then(isBack);
    this.#later(back);
    this.#absent.add(back);
    void back.finally(() => this.#absent.delete(back)).catch(() => undefined);
  }

  async #exchange({ whom, worker }: Extract<Deed, { kind: 'exchange' }>): Promise<void> {
    const { isNext } = this.stage;
    const who = whom === 'manager' ? 'manager' : worker;
    const player = this.#player(whom, worker);
    await player.go('SIGTERM');
    if (!isNext.delete(who)) isNext.add(who);
    await player.come();
  }

  #leaderOf(part: Part): Sighting | undefined {
    const lives = new Map(this.claims.livesOf(part).map(({ pid, run }) => [pid, run]));
    return lookAround(this.stage.mark).find(({ pid, run }) => run !== null && lives.get(pid) === run);
  }

  #shimOf(part: Part): Sighting | undefined {
    const leader = this.#leaderOf(part);
    const all = lookAround(this.stage.mark);
    return all.find(({ pid, role }) => role === 'shim' && pid === leader?.parent);
  }

  /** @param part not null: its shim is hit, so nobody can know how its run ends */
  #endAs(part: Part | null, target: Sighting | undefined): void {
    if (target === undefined) return;
    if (part !== null) this.claims.endIsUnknowable(this.#leaderOf(part)?.run ?? null);
    end(target);
  }

  #freeze({ whom, part, forMs }: Extract<Deed, { kind: 'freeze' }>): void {
    if (whom !== 'shim') {
      const player = this.#player(whom, part.worker);
      const isBack = whom === 'launcher' ? this.claims.away(part.worker) : NOTHING;
      player.freeze();
      return this.#after(forMs, () => {
        player.thaw();
        isBack();
      });
    }
    const shim = this.#shimOf(part);
    if (shim === undefined) return;
    // A stop ends a shim that does not answer, and with it goes the word of how its child ended.
    this.claims.endIsUnknowable(this.#leaderOf(part)?.run ?? null);
    signal(shim, 'SIGSTOP');
    this.#after(forMs, () => signal(shim, 'SIGCONT'));
  }

  #troubleDisk({ trouble, whose, forMs }: Extract<Deed, { kind: 'disk' }>): void {
    const disks = whose === 'manager' ? [this.stage.disks.manager] : [...this.stage.disks.launchers.values()];
    this.claims.diskTrouble(whose);
    for (const disk of disks)
      if (trouble === 'full') disk?.fill();
      else disk?.makeReadOnly();
    this.#after(forMs, () => {
      for (const disk of disks) disk?.setRight();
    });
  }

  /** While nobody looks the run ends, and its number is given to a stranger. Then the launcher comes back. */
  async #reusePid(part: Part): Promise<void> {
    const leader = this.#leaderOf(part);
    if (leader === undefined) return;
    const launcher = this.stage.launcher(part.worker);
    await launcher.go('SIGKILL');
    this.#endAs(part, this.#shimOf(part));
    const tree = lookAround(this.stage.mark).filter(({ run }) => run === leader.run);
    tree.forEach(end);
    await this.stage.strangerWithPid(this.stage.newAccount(), leader.pid);
    await launcher.come();
  }

  /** Everything of the worker ends at once, and what it left behind was written under another boot. */
  async #reboot(worker: string): Promise<void> {
    const launcher = this.stage.launcher(worker);
    await launcher.go('SIGKILL');
    // Shims first: none may write down an end that a power cut would not have let it write. Again until nobody is found
    // twice in a row: one look misses a process in the middle of its exec.
    for (let empty = 0; empty < 2;) {
      const all = lookAround(this.stage.mark).filter(({ role }) => role !== 'stranger' && role !== 'ours');
      for (const { run } of all) this.claims.endIsUnknowable(run);
      for (const isTurn of [(seen: Sighting) => seen.role === 'shim', () => true]) all.filter(isTurn).forEach(end);
      empty = all.length === 0 ? empty + 1 : 0;
      await pause(5);
    }
    forgetBoot(this.stage.launcherData(worker));
    await launcher.come();
  }

  async #backUp(): Promise<void> {
    await this.stage.manager.go('SIGKILL');
    rmSync(this.stage.backup, { recursive: true, force: true });
    cpSync(this.stage.managerData, this.stage.backup, { recursive: true });
    await this.stage.manager.come();
  }

  async #restore(): Promise<void> {
    await this.stage.manager.go('SIGKILL');
    rmSync(this.stage.managerData, { recursive: true, force: true });
    cpSync(this.stage.backup, this.stage.managerData, { recursive: true });
    this.claims.restored();
    await this.stage.manager.come();
  }
}

export const definition = (part: Part, stage: Stage): unknown => ({
  name: part.process,
  command: stage.commandOf(part),
  restart_delay: 0.05,
  max_restarts: 8,
  restart_policy: 'on-failure',
});

const NOTHING = (): void => undefined;

const OTHER_BOOT = '00000000-0000-4000-8000-another-boot';

/** This boot's id is replaced wherever it stands. */
function forgetBoot(directory: string): void {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile() || name.endsWith('output')) continue;
    const text = readFileSync(path, 'latin1');
    if (text.includes(boot)) writeFileSync(path, text.replaceAll(boot, OTHER_BOOT), 'latin1');
  }
}
