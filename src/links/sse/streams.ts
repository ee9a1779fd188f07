/**
 * Open streams to workers of SimpleTuner (seed 004). Text goes out and nothing comes back on it, so what was said is known to
 * be heard only by what its worker asks next; until then the rows say it again on every new stream (core/jobs/streams.ts).
 */
import type { ServerResponse } from 'node:http';
import type { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import { PING_MS } from '../../../protocol/simpletuner';
import type { Effect } from '../../core/commands';
import { isLive } from '../../core/jobs/rows';
import { EventStream } from '../../event-stream';
import type { Engine } from '../../engine/engine';
import type { LinkOut } from '../../engine/ports';
import { agentEvent, jobEvent, type StreamEvent } from './job-event';

interface Stream {
  readonly worker: WorkerId;
  readonly events: EventStream;
  /** Ticks anew with each event. */
  readonly ping: NodeJS.Timeout;
}

type JobEffect = Extract<Effect, { kind: 'job' }>;

/** From our answer to its being read. */
const ANSWERED_MS = 100;

export class Streams implements LinkOut {
  readonly #byConnection = new Map<string, Stream>();
  readonly #connectionOf = new Map<WorkerId, string>();
  /** Jobs for workers that are being answered, and how many of their words are. */
  readonly #heldFor = new Map<WorkerId, { readonly jobs: JobEffect[]; words: number }>();
  #opened = 0;

  constructor(
    private readonly engine: Engine,
    /** @default 30 s */
    private readonly pingMs = PING_MS,
  ) {}

  deliver(effect: Effect): void {
    switch (effect.kind) {
      // These are launchers'.
      case 'send':
      case 'acknowledge':
      case 'standings':
      case 'askForSync':
        return;
      case 'job': {
        const held = effect.word.kind === 'run' ? this.#heldFor.get(effect.worker) : undefined;
        if (held !== undefined) return void held.jobs.push(effect);
        const stream = this.#streamOf(effect.worker);
        if (stream === undefined) return;
        const event = this.engine.read((model) => jobEvent(model, effect.word));
        if (event !== null) say(stream, event);
        return;
      }
      case 'tellAgent': {
        const stream = this.#streamOf(effect.worker);
        if (stream === undefined) return;
        say(stream, agentEvent(effect.word));
        // Its programs look whether they are to go when a line comes, or the stream ends: the next line would be a ping.
        if (effect.word.kind === 'shutdown') stream.events.end();
        return;
      }
      case 'closeConnection': {
        const stream = this.#byConnection.get(effect.connection);
        if (stream === undefined) return;
        // Only one that is not wanted back is sent home; another comes again, and is asked for its token.
        if (!this.engine.read(({ workers }) => workers.has(stream.worker)))
          say(stream, agentEvent({ kind: 'shutdown', reason: effect.why }));
        stream.events.end();
      }
    }
  }

  /** The head goes out first, so that whatever the engine says comes behind it. @throws Refusal unknown_worker, and what `mayNot` says */
  async open(worker: WorkerId, response: ServerResponse, mayNot: () => Refusal | null): Promise<void> {
    const connection = `sse-${++this.#opened}`;
    const events = new EventStream(response);
    const ping = setInterval(() => events.say('ping', {}), this.pingMs);
    const stream = { worker, events, ping };
    this.#byConnection.set(connection, stream);
    // Its turn's effects are for this stream, and the one before is closed by its own name.
    const before = this.#connectionOf.get(worker);
    this.#connectionOf.set(worker, connection);
    response.on('close', () => this.#ended(connection, stream));
    try {
      const opening = this.engine.submit({ kind: 'openStream', worker, connection }, mayNot);
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
      });
      response.flushHeaders();
      await opening;
    } catch (error) {
      if (before !== undefined && this.#byConnection.has(before)) this.#connectionOf.set(worker, before);
      events.end();
      throw error;
    }
  }

  /**
   * While a worker is told that the end of its job was heard, and a moment longer, no other job is sent: its programs are
   * busy until they have that answer, and drop in silence what comes before.
   */
  async answering(worker: WorkerId, hear: () => Promise<void>): Promise<void> {
    const held = this.#heldFor.get(worker) ?? { jobs: [], words: 0 };
    this.#heldFor.set(worker, held);
    held.words += 1;
    try {
      await hear();
    } finally {
      // Its end may be told while an earlier word's moment goes by: the last one counts.
      setTimeout(() => --held.words === 0 && this.#release(worker), ANSWERED_MS).unref();
    }
  }

  close(): void {
    for (const { events } of this.#byConnection.values()) events.end();
  }

  #release(worker: WorkerId): void {
    const { jobs = [] } = this.#heldFor.get(worker) ?? {};
    this.#heldFor.delete(worker);
    for (const effect of jobs) {
      const attempt = this.engine.read(({ jobs }) => jobs.attempt(effect.word.attempt));
      if (attempt !== null && isLive(attempt) && attempt.stop === null) this.deliver(effect);
    }
  }

  #streamOf(worker: WorkerId): Stream | undefined {
    const connection = this.#connectionOf.get(worker);
    return connection === undefined ? undefined : this.#byConnection.get(connection);
  }

  #ended(connection: string, { worker, ping }: Stream): void {
    clearInterval(ping);
    this.#byConnection.delete(connection);
    if (this.#connectionOf.get(worker) === connection) this.#connectionOf.delete(worker);
    this.engine.submit({ kind: 'closeLink', worker, connection }).catch(() => undefined);
  }
}

/** One that does not read is cut off: the next stream says it again. */
function say({ events, ping }: Stream, { event, id, data }: StreamEvent): void {
  events.say(event, data, id);
  ping.refresh();
}
