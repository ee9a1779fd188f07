/** Signals, sent only to a process whose identity was looked at the moment before: DESIGN promise 5. */
import { constants } from 'node:os';
import { isSeen, readStat, type Identity } from './identity';

/** `SIGTERM` -> 15, `SIGRTMIN+3` -> 37; null = no such signal on this machine. */
function signalNumber(name: string): number | null {
  const realtime = /^SIGRTMIN(?:\+(\d+))?$/.exec(name);
  if (realtime !== null) return 34 + Number(realtime[1] ?? 0);
  return constants.signals[name as NodeJS.Signals] ?? null;
}

/** True when the signal was delivered. False: it is gone, is somebody else by now, or may not be signalled by us. */
export function signalOne(target: Identity, signal: string): boolean {
  const number = signalNumber(signal);
  if (number === null || target.pid <= 1 || !isSeen(target)) return false;
  return send(target.pid, number);
}

/**
 * To a whole process group, at once for all its members. Only while its leader is verified: as long as the leader
 * lives, its number cannot belong to another group.
 */
export function signalGroup(leader: Identity, signal: string): boolean {
  const number = signalNumber(signal);
  if (number === null || leader.pid <= 1 || leader.startTicks === 0) return false;
  const stat = readStat(leader.pid);
  if (stat === null || stat.startTicks !== leader.startTicks || stat.group !== leader.pid) return false;
  return send(-leader.pid, number);
}

function send(pid: number, signal: number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ESRCH: it went this moment. EPERM: it changed its user; the certificate will list it as left.
  }
}
