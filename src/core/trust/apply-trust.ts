/** What facts of trust change: one row each. Called by `apply` (facts.ts) alone. */
import type { Touched } from '../touched';
import type { Trust } from './trust';
import type { TrustFact } from './words';

export function applyTrust(trust: Trust, fact: TrustFact, touched: Touched): void {
  switch (fact.kind) {
    case 'user.set':
      trust.setUser(fact.id, fact.user);
      touched.users.add(fact.id);
      return;
    case 'token.set':
      trust.setToken(fact.id, fact.token);
      touched.tokens.add(fact.id);
      return;
    case 'account.set':
      trust.setAccount(fact.id, fact.account);
      touched.accounts.add(fact.id);
      return;
    case 'applicant.set':
      trust.setApplicant(fact.keyHash, fact.applicant);
      touched.applicants.add(fact.keyHash);
  }
}
