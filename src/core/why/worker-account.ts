/** Why a worker is as it is: what was heard of it and when, and what follows from silence. */
import { silenceLimits } from '../fleet/liveness';
import { isAlive, type Worker } from '../model';
import { count, moment, span } from '../spans';
import type { Account, Look } from './account';
import { couldBeAlive } from '../recovery/lost-workers';

export function workerAccount(look: Look, worker: Worker): Account {
  const { model, settings, nowMs } = look;
  const contact = model.contacts.get(worker.id);
  const lastMs =
    worker.presence.kind === 'lost' ? worker.presence.lastContactMs : (contact?.lastContactMs ?? worker.registeredAtMs);
  const evidence = [{ at_ms: lastMs, what: `last contact with worker ${worker.id}` }];
  const silent = `silent since ${moment(lastMs)}, for ${span(nowMs - lastMs)}`;
  const { staleAfterMs, lostAfterMs } = silenceLimits(worker, settings);
  const own = [...model.processes.of(worker.id)];
  switch (worker.presence.kind) {
    case 'lost':
      // One in backoff may have been born since its last word.
      return {
        kind: 'worker-lost',
        cause: `it is lost: ${silent}, longer than its timeout of ${span(lostAfterMs)}. ${count(own.filter(couldBeAlive).length, 'process', 'processes')} may run there; nothing is killed or started for the silence alone`,
        by: `worker ${worker.id}`,
        evidence,
        next: { what: 'it is taken back as it is when it is heard again', at_ms: null },
        advice: [`procguard events --node ${worker.id}`],
      };
    case 'stale':
      return {
        kind: 'worker-lost',
        cause: `it is stale: ${silent}, longer than ${span(staleAfterMs)}`,
        by: `worker ${worker.id}`,
        evidence,
        next: { what: 'it is lost, if it stays silent', at_ms: lastMs + lostAfterMs },
        advice: [`procguard events --node ${worker.id}`],
      };
    case 'connecting':
      return { kind: 'start', cause: 'it has registered, and its link is not open yet', by: 'its launcher', evidence };
    case 'present': {
      const running = own.filter(isAlive).length;
      const runs =
        running === 0 ? 'it is connected, and nothing runs' : `it is connected, and ${running} of its processes run`;
      if (!worker.isDraining) return { kind: 'none', cause: runs, by: 'its launcher', evidence };
      return {
        kind: 'none',
        cause: `${runs}. An operator drains it: what runs goes on, and nothing new comes to it`,
        by: 'an operator',
        evidence,
        next: { what: 'it takes work again when it is undrained', at_ms: null },
        advice: [`procguard undrain ${worker.id}`],
      };
    }
  }
}
