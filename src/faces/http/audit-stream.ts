/**
 * The audit as JSON lines, written no faster than they are read. One that is followed goes on as entries become durable,
 * for as long as who asked may read it: to take that right away is itself an entry, and wakes it.
 */
import { once } from 'node:events';
import type { Response } from 'express';
import type { AuditQuery } from '../../engine/audit-port';
import { whenGone } from './pipe';
import { entryOf, type AskedOfExpress, type HttpParts, type Route } from './route';

interface Wanted {
  readonly wanted: AuditQuery;
  readonly after: number;
  /** As they were asked, for the entry about the export. */
  readonly words: Readonly<Record<string, unknown>>;
  readonly isFollowed: boolean;
  readonly entry: Route;
}

export async function streamAudit(
  { audit, engine, doorkeeper }: HttpParts,
  { by, caller, request, response }: Pick<AskedOfExpress<unknown, unknown>, 'by' | 'caller' | 'request' | 'response'>,
  { wanted, after: from, words, isFollowed, entry }: Wanted,
): Promise<void> {
  const signal = whenGone(response);
  await engine.submit({
    kind: 'audit',
    record: {
      type: 'audit.exported',
      actor: by,
      target: { type: 'audit', id: `-${audit.lastId}` },
      action: isFollowed ? 'follow' : 'export',
      result: 'ok',
      details: words,
    },
  });
  response.set({ 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const growth = new Growth(signal);
  const leave = audit.listen(() => growth.happened());
  try {
    let after = from;
    do {
      const last = audit.lastId;
      for await (const piece of audit.walk(wanted, after)) {
        if (signal.aborted) return;
        for (const one of piece) if (!response.write(`${JSON.stringify(one)}\n`)) await drained(response, signal);
      }
      after = last;
      if (!isFollowed) break;
      if (audit.lastId === after) await growth.next();
      // Whose right is gone meanwhile is told no more.
      doorkeeper.enter(entryOf(entry), request, caller);
    } while (!signal.aborted);
  } catch (error) {
    if (!signal.aborted && !response.headersSent) throw error;
  } finally {
    leave();
    response.end();
  }
}

async function drained(response: Response, signal: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal });
}

/** Wakes one who waits, at the next entry or when the reader has left. */
class Growth {
  private wake: () => void = () => undefined;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wake());
  }

  happened(): void {
    this.wake();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.signal.aborted) resolve();
    });
  }
}
