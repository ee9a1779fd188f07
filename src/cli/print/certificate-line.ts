/** How a stop went, as one line: what was sent when, who left, and how it is known that all are gone. */
import type { StopCertificate } from '../../../protocol/process-state';
import { secondsAfter } from './amounts';

const VERIFIED_BY = { cgroup: 'cgroup empty', 'proc-scan': '/proc scanned', 'pid-list': 'pids gone' } as const;

/** `SIGTERM 0.0s, leader exited 1.2s, 2 left, SIGKILL 10.0s, all 5 gone 10.1s  (verified: cgroup empty)` */
export function certificateLine(certificate: StopCertificate): string {
  const { requestedAtMs, finishedAtMs, seen, left, verifiedBy } = certificate;
  const verified = `  (verified: ${VERIFIED_BY[verifiedBy]})`;
  if (left.length > 0) {
    const names = left.map(({ pid, command }) => `${pid} ${command}`).join(', ');
    return [
      ...steps(certificate),
      `${left.length} STILL THERE ${secondsAfter(finishedAtMs - requestedAtMs)}: ${names}`,
    ].join(', ');
  }
  const all = seen.length > 1 ? `all ${seen.length} gone` : 'gone';
  return [...steps(certificate), `${all} ${secondsAfter(finishedAtMs - requestedAtMs)}`].join(', ') + verified;
}

function steps({ requestedAtMs, signals, seen, exit }: StopCertificate): string[] {
  const leaderAfterMs = exit !== null && seen.length > 1 ? exit.atMs - requestedAtMs : null;
  let isLeaderTold = leaderAfterMs === null;
  const told: string[] = [];
  for (const { signal, afterMs } of firstOfEach(signals)) {
    if (told.length > 0) {
      // Whom this very signal ended did not end before it, whatever two clocks of milliseconds say.
      if (!isLeaderTold && leaderAfterMs !== null && leaderAfterMs <= afterMs && exit?.signal !== signal) {
        told.push(`leader exited ${secondsAfter(leaderAfterMs)}`);
        isLeaderTold = true;
      }
      // Gone in the very millisecond of the signal is gone by it: who went before it was seen gone before it was sent.
      const there = seen.filter(({ goneAtMs }) => goneAtMs === null || goneAtMs - requestedAtMs >= afterMs).length;
      if (there > 0) told.push(`${there} left`);
    }
    told.push(`${signal} ${secondsAfter(afterMs)}`);
  }
  if (!isLeaderTold && leaderAfterMs !== null) told.push(`leader exited ${secondsAfter(leaderAfterMs)}`);
  return told;
}

/** A signal sent to many, or again to a fixed point, is one step. */
const firstOfEach = (signals: StopCertificate['signals']): StopCertificate['signals'] =>
  signals.filter(({ signal }, i) => signals.findIndex((other) => other.signal === signal) === i);
