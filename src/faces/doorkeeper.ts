/**
 * Stands before every entry: who asks, whether the entry's permission is theirs, and on which workers. Refusals leave
 * through here, so that they are written down in one place.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import type { Labels } from '../../protocol/link';
import type { Permission } from '../../protocol/trust';
import type { Engine } from '../engine/engine';
import type { Caller } from '../trust/caller';
import type { Gate, Principal } from '../trust/gate';
import { isPermitted, refusalOf, speaksFor } from '../trust/rights';
import type { Entry } from './entry';

/** What came: an HTTP request, or the handshake of a socket. */
export interface Asking {
  readonly headers: IncomingHttpHeaders;
  readonly method?: string | undefined;
}

/** Somebody at an entry. */
export interface Visit {
  readonly entry: Entry;
  readonly principal: Principal;
  readonly caller: Caller;
}

export class Doorkeeper {
  constructor(
    private readonly engine: Engine,
    readonly gate: Gate,
  ) {}

  /** @throws Refusal login_required, forbidden: whoever may not use the entry on any worker */
  enter(entry: Entry, { headers }: Asking, caller: Caller): Visit {
    const visit = { entry, principal: this.gate.resolve(headers, caller), caller };
    if (!this.isLetIn(visit)) throw this.refused(visit, null);
    return visit;
  }

  /** Nobody in particular is changed, so the grant must be for the whole fleet. @throws Refusal */
  onFleet(visit: Visit): void {
    if (!isPermitted(visit.principal, visit.entry.permission, {})) throw this.refused(visit, null);
  }

  /** Before anything is done on any of them. @throws Refusal */
  on(visit: Visit, workers: Iterable<WorkerId>): void {
    for (const worker of workers) if (!this.may(visit, worker)) throw this.refused(visit, worker);
  }

  may({ entry: { permission }, principal }: Visit, worker: WorkerId): boolean {
    const labels = this.labelsOf(worker);
    return permission === 'worker.link'
      ? speaksFor(principal, worker, labels)
      : isPermitted(principal, permission, labels);
  }

  /** What is said to whoever may not, for all of the entry or for one worker. */
  refused({ entry, principal }: Visit, worker: WorkerId | null): Refusal {
    return refusalOf(principal, entry.permission, entry.name, worker);
  }

  /** Launchers bring their proof with their words: it is looked at where those are. */
  private isLetIn({ entry: { permission }, principal }: Visit): boolean {
    return permission === 'worker.link' || isPermitted(principal, permission, null);
  }

  private labelsOf(worker: WorkerId): Labels {
    return this.engine.read(
      ({ workers, trust }) => workers.get(worker)?.labels ?? trust.accountOf(worker)?.labels ?? {},
    );
  }
}

/** Whether the permission is of a kind that a grant may give for some workers only. */
export const isOfWorkers = (permission: Permission): boolean => !FOR_ALL.has(permission);
const FOR_ALL = new Set<Permission>(['public', 'self', 'fleet.read', 'logs.read', 'worker.link']);
