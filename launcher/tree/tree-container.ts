/**
 * The tree of a run that is a container: that of the program which keeps it, and behind it the container. While the program
 * lives it passes signals on and ends with the container, so the engine is asked nothing. Once it is gone, however it went,
 * the run is over only when no container of it is left.
 */
import type { Left, LeftContainer } from '../container/left-container';
import type { Member, Sent, Tree } from './tree';

export class ContainerTree implements Tree {
  readonly verifiedBy: Tree['verifiedBy'];

  constructor(
    private readonly program: Tree,
    private readonly container: LeftContainer,
  ) {
    this.verifiedBy = program.verifiedBy;
  }

  get evented(): boolean {
    return this.program.evented;
  }

  born(isAdopted: boolean): void {
    this.program.born(isAdopted);
  }

  async members(thorough: boolean): Promise<readonly Member[]> {
    const members = await this.program.members(thorough);
    return members.length > 0 ? members : (await this.container.look()).map(asMember);
  }

  async signal(signal: string, ...more: string[]): Promise<Sent> {
    const sent = await this.program.signal(signal, ...more);
    if (sent.seen.length > 0) return sent;
    const told = await this.container.signal(signal);
    return { seen: told.map(asMember), told };
  }

  async kill(): Promise<Sent> {
    const sent = await this.program.kill();
    const told = await this.container.kill();
    return { seen: [...sent.seen, ...told.map(asMember)], told: [...sent.told, ...told] };
  }

  onChange(listener: () => void): () => void {
    return this.program.onChange(listener);
  }

  remove(): void {
    this.program.remove();
  }
}

/** Its processes are the engine's, and may not even be on this machine: it has no pid of ours. */
const asMember = (left: Left): Member => ({ pid: 0, startTicks: 0, command: left });
