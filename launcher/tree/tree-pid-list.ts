/**
 * A tree as `ps` tells it, for machines without /proc (macOS). Parents and groups only: a process that left both is not
 * found, so what this verifies is best effort, and the certificate says `pid-list`.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import treeKill from 'tree-kill';
import type { Member, Sent, Tree, TreeRoot } from './tree';

const run = promisify(execFile);

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  readonly command: string;
}

export class PidListTree implements Tree {
  readonly verifiedBy = 'pid-list';
  readonly evented = false;
  /** Seen before; kept while their group lives, because a parent that ended no longer names its children. */
  readonly #known = new Map<number, string>();

  constructor(private readonly root: TreeRoot) {}

  async members(): Promise<readonly Member[]> {
    const rows = await this.#rows();
    this.#known.clear();
    for (const { pid, command } of rows) this.#known.set(pid, command);
    return rows.map(asMember);
  }

  async #rows(): Promise<Row[]> {
    const { shim, child } = this.root;
    if (child === null) return [];
    const rows = parsePs(
      (await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,comm='], { maxBuffer: 2 ** 26 })).stdout,
    );
    const members = new Map<number, Row>();
    for (const row of rows)
      if (row.pid === child.pid || row.group === shim?.pid || this.#known.get(row.pid) === row.command)
        members.set(row.pid, row);
    for (let before = -1; before !== members.size;) {
      before = members.size;
      for (const row of rows) if (members.has(row.parent)) members.set(row.pid, row);
    }
    if (shim !== null) members.delete(shim.pid);
    return [...members.values()].filter(({ state }) => !state.startsWith('Z'));
  }

  async signal(...signals: string[]): Promise<Sent> {
    const rows = await this.#rows();
    const roots = rows.filter(({ parent }) => !rows.some(({ pid }) => pid === parent));
    for (const signal of signals)
      await Promise.all(roots.map(({ pid }) => new Promise<void>((done) => treeKill(pid, signal, () => done()))));
    const told = roots.map(({ pid, command }) => `pid ${pid} (${command}) and its descendants`);
    return { seen: rows.map(asMember), told };
  }

  kill(): Promise<Sent> {
    return this.signal('SIGKILL');
  }

  born(): void {}

  onChange(): () => void {
    return () => {};
  }

  remove(): void {}
}

const asMember = ({ pid, command }: Row): Member => ({ pid, startTicks: 0, command });

function parsePs(text: string): Row[] {
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (match !== null)
      rows.push({
        pid: Number(match[1]),
        parent: Number(match[2]),
        group: Number(match[3]),
        state: match[4] ?? '',
        command: match[5] ?? '',
      });
  }
  return rows;
}
