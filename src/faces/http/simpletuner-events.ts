/**
 * GET /api/events as SimpleTuner's pages read it (seed 004): server-sent events of jobs, trainings and workers, from now on. It
 * goes on for as long as who asked may look at the fleet.
 */
import type { Request, Response } from 'express';
import type { WorkerId } from '../../../protocol/ids';
import { jobEvents, workerIn, workerStatus, type PageEvent } from '../../core/jobs/simpletuner-events';
import type { Changes } from '../../engine/feed';
import { EventStream } from '../../event-stream';
import type { Caller } from '../../trust/caller';
import type { Entry } from '../entry';
import type { HttpParts } from './route';

/** Told at least this far apart, so that a flood of jobs is one piece each time. */
const FRAME_MS = 100;
const PING_MS = 30_000;

/** What a page that uses EventSource asks for; programs ask for JSON, or do not say. */
export const wantsEvents = (accept: string | undefined): boolean => accept?.includes('text/event-stream') === true;

interface Asked {
  readonly request: Request;
  readonly response: Response;
  readonly caller: Caller;
  readonly entry: Entry;
}

export function streamEvents({ engine, doorkeeper }: HttpParts, { request, response, caller, entry }: Asked): void {
  const statuses = new Map<WorkerId, string>();
  const mayHave = new Set<WorkerId>();
  let events: PageEvent[] = [];
  let frame: NodeJS.Timeout | null = null;

  const flush = (): void => {
    frame = null;
    if (!doorkeeper.isWelcome(entry, request, caller)) return over();
    engine.read((model) => {
      for (const id of mayHave) {
        const event = workerStatus(model, id);
        if (statuses.get(id) !== event.status) events.push(event);
        if (model.workers.has(id)) statuses.set(id, event.status);
        else statuses.delete(id);
      }
    });
    mayHave.clear();
    for (const event of events) stream.say(event.type, event);
    events = [];
  };
  const collect = ({ facts, touched }: Changes): void => {
    engine.read((model) => {
      for (const fact of facts) {
        events.push(...jobEvents(model, fact));
        const worker = workerIn(fact);
        if (worker !== null) mayHave.add(worker);
      }
    });
    // Whose right is gone meanwhile is cut off, also where nothing else happens.
    if (events.length + mayHave.size + touched.users.size + touched.tokens.size > 0)
      frame ??= setTimeout(flush, FRAME_MS);
  };

  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' });
  const stream = new EventStream(response);
  stream.say('connection', { type: 'connected', message: 'connected to ProcGuard' });
  const unlisten = engine.feed.listen(collect);
  const ping = setInterval(() => stream.write(': ping\n\n'), PING_MS);
  /** At once: the end of a reader that stands still may come late. */
  function over(): void {
    unlisten();
    clearInterval(ping);
    if (frame !== null) clearTimeout(frame);
    stream.end();
  }
  response.on('close', over);
}
