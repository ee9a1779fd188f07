/** A tree that does not want to go: a leader that ignores SIGTERM, a background child, a double fork, a new session. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { bestEffort, broken, holds, type Finding } from '../finding';
import type { PrivateFleet } from '../private-fleet';
import { until } from '../until';

const PROMISE = 'stop means gone';
const MEMBERS = 4;
const HAS_SETSID = () => spawnSync('setsid', ['true']).status === 0;
const command = (withSession: boolean): string =>
  [
    "trap '' TERM",
    'echo $$ >>members',
    "(echo $(exec sh -c 'echo $PPID') >>members; exec sleep 1000) &",
    "( (echo $(exec sh -c 'echo $PPID') >>members; exec sleep 1000) & ) &",
    `${withSession ? 'setsid ' : ''}sh -c 'echo $$ >>members; exec sleep 1000' &`,
    'while :; do sleep 1; done',
  ].join('\n');

const LACKING: Readonly<Record<string, string>> = {
  'proc-scan':
    'no cgroup can be made here (it takes root, or a delegated cgroup v2), so the tree is found by session, group and environment: a process that leaves all three is not found',
  'pid-list':
    'there is no /proc here, so the tree is found by parents and groups: a process that leaves both is not found',
};

export async function stop(fleet: PrivateFleet): Promise<Finding[]> {
  await fleet.define('unwilling', command(HAS_SETSID()), { restart_policy: 'never' });
  await until('its tree to stand', () => fleet.note('members').length >= MEMBERS);
  const { certificate } = await fleet.order('unwilling', 'kill');
  const alive = fleet.note('members').map(Number).filter(isAlive);
  if (alive.length > 0 || certificate === null || certificate.left.length > 0)
    return [
      broken(
        PROMISE,
        `after the stop ${alive.join(', ') || 'no member'} lived; the certificate says ${JSON.stringify(certificate?.left)}`,
      ),
    ];
  const seen = `a tree of ${MEMBERS} with a double fork${HAS_SETSID() ? ', a session of its own' : ''} and SIGTERM ignored: none left, checked by ${certificate.verifiedBy}`;
  const lacking = LACKING[certificate.verifiedBy];
  return [lacking === undefined ? holds(PROMISE, seen) : bestEffort(PROMISE, `${seen}. ${lacking}`)];
}

/** A zombie that its parent has not collected is no longer alive. */
function isAlive(pid: number): boolean {
  const state = existsSync('/proc/self/stat')
    ? stateIn(`/proc/${pid}/stat`)
    : spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

function stateIn(file: string): string {
  try {
    const line = readFileSync(file, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2);
  } catch {
    return '';
  }
}
