/**
 * Another host on this machine: a network namespace joined by a veth pair. `cut` is what a pulled cable is to both
 * sides: packets go nowhere, nobody is told, no FIN. Both ends are given a wrong hardware address for the other, which
 * needs iproute2 and nothing else. Needs root.
 */
import { spawnSync } from 'node:child_process';

export interface TestHost {
  /** Before a command line, runs it on that host. */
  readonly on: readonly string[];
  /** Under which that host reaches us. */
  readonly ourAddress: string;
  readonly address: string;
  cut(): void;
  heal(): void;
  close(): void;
}

/** Why there can be none here; null = there can. */
export function whyNoTestHosts(): string | null {
  if (process.getuid?.() !== 0) return 'making network namespaces needs root';
  return spawnSync('ip', ['-V']).status === 0 ? null : 'iproute2 is not installed';
}

const NOBODY = '02:00:00:00:00:01';

/** @param number 1..250, one per host at a time on this machine */
export function testHost(number: number): TestHost {
  const name = `pgtest${process.pid}-${number}`;
  const [ours, theirs] = [`pgo${process.pid}n${number}`.slice(-15), `pgt${process.pid}n${number}`.slice(-15)];
  const [ourAddress, address] = [`10.231.${number}.1`, `10.231.${number}.2`];
  const on = ['ip', 'netns', 'exec', name];
  ip('netns', 'add', name);
  ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', name);
  ip('addr', 'add', `${ourAddress}/30`, 'dev', ours);
  ip('link', 'set', ours, 'up');
  ip('-n', name, 'addr', 'add', `${address}/30`, 'dev', theirs);
  ip('-n', name, 'link', 'set', theirs, 'up');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  return {
    on,
    ourAddress,
    address,
    cut: () => {
      ip('neigh', 'replace', address, 'lladdr', NOBODY, 'dev', ours, 'nud', 'permanent');
      ip('-n', name, 'neigh', 'replace', ourAddress, 'lladdr', NOBODY, 'dev', theirs, 'nud', 'permanent');
    },
    heal: () => {
      ip('neigh', 'del', address, 'dev', ours);
      ip('-n', name, 'neigh', 'del', ourAddress, 'dev', theirs);
    },
    close: () => ip('netns', 'del', name),
  };
}

function ip(...words: string[]): void {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr.trim()}`);
}
