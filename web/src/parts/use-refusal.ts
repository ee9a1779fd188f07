/** Why the reader may not do something; null = they may. */
import type { Permission } from '../../../protocol/rights';
import { refusalOf, refusalOfAll, refusalText } from '../state/refusal';
import { useFleet, useSession } from './use-store';
import { useWords } from './use-words';

/** @param workerId the worker that would be changed; null = anywhere */
export function useRefusal(permission: Permission, workerId: string | null = null): string | null {
  const { rights } = useWords();
  const session = useSession((state) => state);
  const labels = useFleet((fleet) => (workerId === null ? null : (fleet.workers.get(workerId)?.labels ?? null)));
  const lack = refusalOf(session, permission, workerId === null ? null : [workerId, labels]);
  return lack === null ? null : refusalText(lack, rights);
}

/** Of something that is done to many: a sentence only when it may be done to none of them. */
export function useRefusalOfAll(permission: Permission, workerIds: readonly string[]): string | null {
  const { rights } = useWords();
  const session = useSession((state) => state);
  const workers = useFleet((fleet) => fleet.workers);
  const lack = refusalOfAll(
    session,
    permission,
    [...new Set(workerIds)].map((id) => [id, workers.get(id)?.labels ?? null]),
  );
  return lack === null ? null : refusalText(lack, rights);
}
