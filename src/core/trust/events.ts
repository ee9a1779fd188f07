/** What the timeline tells of trust: launchers that wait, and what became of them. Users and tokens are the audit's. */
import { fingerprintText } from '../../../protocol/fingerprint';
import { of, type Told } from '../event-words';
import type { Fact } from '../facts';

export function trustEvent(fact: Extract<Fact, { kind: 'account.set' | 'applicant.set' }>): Told | null {
  if (fact.kind === 'account.set') {
    const { account } = fact;
    if (account?.source !== 'approved') return null;
    return of('info', 'worker.approved', account.worker, account.createdBy, 'approved; it may register now');
  }
  const { applicant } = fact;
  if (applicant === null) return null;
  const { worker, from, hostname, keyHash, state } = applicant;
  const who = `${hostname} (${from}), fingerprint ${fingerprintText(keyHash)}`;
  return state === 'pending'
    ? of('warning', 'worker.pending', worker, 'launcher', `waits for approval: ${who}`)
    : of('info', 'worker.rejected', worker, 'operator', `rejected: ${who}`);
}

export const drainText = (isDraining: boolean): string =>
  isDraining ? 'draining: what runs goes on, nothing new comes' : 'takes work again';
