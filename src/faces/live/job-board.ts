/**
 * Jobs on the dashboards' feed. Ten thousand a minute must not flood a page: everybody who watches hears how many jobs are in
 * each state, and rows go only to whoever says that it looks at them. What changes many times within one frame is sent once.
 */
import type { JobId } from '../../../protocol/jobs';
import { LookRequest, type JobsTick } from '../../../protocol/live';
import { jobCounts } from '../../core/jobs/shown-state';
import { jobRow } from '../../core/jobs/view';
import type { Engine } from '../../engine/engine';
import type { Changes } from '../../engine/feed';
import { WATCHERS, type LiveNamespace, type LiveSocket } from './dashboards';

/** Ticks are at least this far apart. */
const FRAME_MS = 250;

export class JobBoard {
  /** By the socket's id: what its page looks at. */
  readonly #looks = new Map<string, ReadonlySet<JobId>>();
  readonly #changed = new Set<JobId>();
  #frame: NodeJS.Timeout | null = null;
  readonly #unlisten: () => void;

  constructor(
    private readonly namespace: LiveNamespace,
    private readonly engine: Engine,
  ) {
    this.#unlisten = engine.feed.listen((changes) => this.#collect(changes));
  }

  serve(socket: LiveSocket): void {
    socket.on('jobs.look', (request, reply) => {
      if (typeof reply !== 'function') return;
      const asked = LookRequest.safeParse(request);
      if (!asked.success) return reply({ error: 'jobs.look needs job_ids, at most a thousand of them' });
      const ids = new Set(asked.data.job_ids as JobId[]);
      this.#looks.set(socket.id, ids);
      reply(this.#tick(ids));
    });
    socket.on('disconnect', () => this.#looks.delete(socket.id));
  }

  close(): void {
    this.#unlisten();
    if (this.#frame !== null) clearTimeout(this.#frame);
  }

  get #watchers(): ReadonlySet<string> {
    return this.namespace.adapter.rooms.get(WATCHERS) ?? NOBODY;
  }

  #collect({ touched, facts }: Changes): void {
    const { jobs, attempts, schedules } = touched;
    if (jobs.size + attempts.size + schedules.size === 0 || this.#watchers.size + this.#looks.size === 0) return;
    if (this.#looks.size > 0) {
      for (const id of jobs) this.#changed.add(id);
      for (const fact of facts) if (fact.kind === 'attempt.changed') this.#changed.add(fact.attempt.job);
    }
    this.#frame ??= setTimeout(() => this.#flush(), FRAME_MS);
  }

  #flush(): void {
    this.#frame = null;
    const plain = this.#tick([]);
    for (const id of new Set([...this.#watchers, ...this.#looks.keys()])) {
      const seen = [...(this.#looks.get(id) ?? [])].filter((job) => this.#changed.has(job));
      this.namespace.sockets.get(id)?.emit('jobs', seen.length === 0 ? plain : { ...plain, ...this.#rowsOf(seen) });
    }
    this.#changed.clear();
  }

  #tick(ids: Iterable<JobId>): JobsTick {
    return this.engine.read((model) => ({
      at_ms: this.engine.nowMs,
      counts: jobCounts(model),
      newest: model.jobs.order,
      schedules: model.schedules.version,
      ...this.#rowsOf(ids),
    }));
  }

  #rowsOf(ids: Iterable<JobId>): Pick<JobsTick, 'rows' | 'gone'> {
    return this.engine.read((model) => {
      const told: Pick<JobsTick, 'rows' | 'gone'> = { rows: [], gone: [] };
      for (const id of ids) {
        const job = model.jobs.job(id);
        if (job === null) told.gone.push(id);
        else told.rows.push(jobRow(model, job));
      }
      return told;
    });
  }
}

const NOBODY: ReadonlySet<string> = new Set();
