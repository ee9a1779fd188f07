/**
 * Stands before every entry: who asks, whether the entry's permission is theirs, and on which workers. Refusals leave
 * through here, so that they are written down in one place.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Refusal } from '../../protocol/errors';
import type { WorkerId } from '../../protocol/ids';
import type { Labels } from '../../protocol/link';
import { CSRF_HEADER } from '../../protocol/trust-http';
import type { Permission } from '../../protocol/trust';
import type { Engine } from '../engine/engine';
import type { Caller } from '../trust/caller';
import { strangerAt, type Gate, type Principal } from '../trust/gate';
import { isKnown, isPermitted, refusalOf, speaksFor } from '../trust/rights';
import { StrangerLimit } from '../trust/stranger-limit';
import type { Entry } from './entry';
import type { RefusalLog } from './refusal-log';

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
  readonly headers: IncomingHttpHeaders;
  /** Of what is known of people, when the principal was looked up. */
  readonly version: number;
}

export class Doorkeeper {
  private readonly strangers = new StrangerLimit();

  constructor(
    private readonly engine: Engine,
    readonly gate: Gate,
    private readonly log: RefusalLog,
  ) {}

  /** @throws Refusal login_required, forbidden: whoever may not use the entry on any worker; csrf_missing, rate_limited */
  enter(entry: Entry, asking: Asking, caller: Caller): Visit {
    const visit = this.visit(entry, asking, caller);
    if (!isKnown(visit.principal) && !this.strangers.take(caller.ip, this.engine.nowMs)) throw this.tooMany(visit);
    if (!isLetIn(visit)) throw this.refused(visit, null);
    if (this.isForgeable(visit, asking)) throw this.withoutCsrf(visit);
    return visit;
  }

  /** Whether who came in once may stay. Nothing is counted or written down. */
  isWelcome(entry: Entry, asking: Asking, caller: Caller): boolean {
    return isLetIn(this.visit(entry, asking, caller));
  }

  /**
   * A body may be long on its way, and a rolling restart takes hours: who lost the right meanwhile has lost it.
   * @throws Refusal
   */
  still(visit: Visit): Visit {
    const now = this.asOfNow(visit);
    if (now !== visit && !isLetIn(now)) throw this.refused(now, null);
    return now;
  }

  /** Nobody in particular is changed, so the grant must be for the whole fleet. @throws Refusal */
  onFleet(visit: Visit): void {
    if (!isPermitted(visit.principal, visit.entry.permission, {})) throw this.refused(visit, null);
  }

  /** Before anything is done on any of them. @throws Refusal */
  on(visit: Visit, workers: Iterable<WorkerId>): void {
    const refusal = this.refusalOn(visit, workers);
    if (refusal !== null) throw refusal;
  }

  /** Null = on all of them it may. */
  refusalOn(visit: Visit, workers: Iterable<WorkerId>): Refusal | null {
    const now = this.asOfNow(visit);
    for (const worker of workers) if (!this.isAllowed(now, worker)) return this.refused(now, worker);
    return null;
  }

  /** A job is on no worker yet: asked of the labels that whatever it may be placed on has. Null = it may. */
  refusalOfJob(visit: Visit, labels: Labels): Refusal | null {
    const now = this.asOfNow(visit);
    if (isPermitted(now.principal, now.entry.permission, labels)) return null;
    const named = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    const where = named.length === 0 ? 'any worker' : `workers with ${named.join(', ')}`;
    return this.refused(now, null, `. The job may be placed on ${where}: needs.labels says on which it may`);
  }

  /** For what is done on some workers and told of the others. */
  may(visit: Visit, worker: WorkerId): boolean {
    const isAllowed = this.isAllowed(visit, worker);
    if (!isAllowed) this.refused(visit, worker);
    return isAllowed;
  }

  /** A page of another origin, or a name that was made to point here. */
  suspicious(request: IncomingMessage, { code }: Refusal): void {
    const actor = strangerAt(this.gate.callerOf(request));
    this.log.note({ type: 'security.suspicious', actor, entry: request.method ?? '', code, worker: null });
  }

  private visit(entry: Entry, { headers }: Asking, caller: Caller): Visit {
    return { entry, principal: this.gate.resolve(headers, caller), caller, headers, version: this.version };
  }

  private asOfNow(visit: Visit): Visit {
    return visit.version === this.version ? visit : this.visit(visit.entry, visit, visit.caller);
  }

  private get version(): number {
    return this.engine.read(({ trust }) => trust.version);
  }

  private isAllowed({ entry: { permission }, principal }: Visit, worker: WorkerId): boolean {
    const labels = this.labelsOf(worker);
    return permission === 'worker.link'
      ? speaksFor(principal, worker, labels)
      : isPermitted(principal, permission, labels);
  }

  private refused(visit: Visit, worker: WorkerId | null, hint = ''): Refusal {
    const { entry, principal } = visit;
    const { code, message, details } = refusalOf(principal, entry.permission, entry.name, worker);
    return this.noted(visit, 'security.permission_denied', new Refusal(code, message + hint, details), worker);
  }

  private tooMany(visit: Visit): Refusal {
    const sentence = `more requests than a stranger may make come from ${visit.caller.ip}; log in, or wait a moment`;
    return this.noted(
      visit,
      'security.rate_limited',
      new Refusal('rate_limited', sentence, { retry_after_seconds: 1 }),
    );
  }

  private withoutCsrf(visit: Visit): Refusal {
    const sentence = `${visit.entry.name} with a session cookie needs the header ${CSRF_HEADER}, as GET /api/session tells it; programs use a token and no cookie`;
    return this.noted(visit, 'security.suspicious', new Refusal('csrf_missing', sentence));
  }

  private noted(
    { entry, principal }: Visit,
    type: Parameters<RefusalLog['note']>[0]['type'],
    refusal: Refusal,
    worker: WorkerId | null = null,
  ): Refusal {
    this.log.note({ type, actor: principal.asker, entry: entry.name, code: refusal.code, worker });
    return refusal;
  }

  /** A browser sends its cookie whoever made the page ask; the header only a page of this origin can know. */
  private isForgeable({ entry, principal }: Visit, { headers, method = 'GET' }: Asking): boolean {
    if (!principal.isByCookie || entry.permission === 'public' || method === 'GET' || method === 'HEAD') return false;
    const wanted = Buffer.from(this.gate.csrfOf(headers) ?? '');
    const given = Buffer.from([headers[CSRF_HEADER] ?? ''].flat()[0] ?? '');
    return given.length !== wanted.length || !timingSafeEqual(given, wanted);
  }

  private labelsOf(worker: WorkerId): Labels {
    return this.engine.read(
      ({ workers, trust }) => workers.get(worker)?.labels ?? trust.accountOf(worker)?.labels ?? {},
    );
  }
}

/** A launcher that registers brings its proof with its words: it is looked at where those are. */
const isLetIn = ({ entry: { permission, isProvenInside }, principal }: Visit): boolean =>
  permission === 'worker.link'
    ? isProvenInside === true || isKnown(principal)
    : isPermitted(principal, permission, null);

/** Whether the permission is of a kind that a grant may give for some workers only. */
export const isOfWorkers = (permission: Permission): boolean => !FOR_ALL.has(permission);
const FOR_ALL = new Set<Permission>(['public', 'self', 'fleet.read', 'logs.read', 'worker.link']);
