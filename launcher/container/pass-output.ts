/**
 * A container's output on its way to the run's files, and the run's stdin on its way in. One piece at a time: while a file
 * cannot take it nothing more is read, and the container waits in its own write, as any child does on a full disk.
 */
import { createReadStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Demultiplexer } from './demultiplexer';
import type { Attached, Engine } from './engine';
import type { KeptRun } from './kept-run';
import { patiently } from './patiently';
import { writeWhole } from './write-whole';

export interface Outgoing {
  readonly engine: Engine;
  /** The container's. */
  readonly id: string;
  /** Made before the start, so that no byte was written to nobody. */
  readonly attached: Attached;
  /** Settles when the container has ended. */
  readonly ended: Promise<unknown>;
}

const FILES = { stdout: 1, stderr: 2 } as const;
/** Between the end of the stream and the word of the end, where the one follows from the other. */
const SETTLES_MS = 3_000;

/** Resolves when all that came stands in the files. */
export async function passOutput({ engine, id, attached, ended }: Outgoing, { plan, say }: KeptRun): Promise<void> {
  if (plan.hasStdin) createReadStream('', { fd: 0, autoClose: false }).pipe(attached);
  let isOver = false;
  const over = ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  for (let stream: Attached | null = attached; stream !== null;) {
    const trouble = await pass(stream);
    await Promise.race([over, pause(SETTLES_MS)]);
    if (isOver) return;
    stream = await attachAgain(engine, id);
    const why = trouble === null ? '' : ` (${trouble})`;
    if (stream !== null)
      say(`the engine let go of the container's output${why}; what it wrote until it was attached again is lost`);
  }
}

/** Returns what broke it off; null = the engine closed it. */
async function pass(attached: Attached): Promise<string | null> {
  const demultiplexer = new Demultiplexer();
  const pieces = attached[Symbol.asyncIterator]();
  for (;;) {
    let piece: IteratorResult<string | Buffer>;
    try {
      piece = await pieces.next();
    } catch (error) {
      return (error as Error).message;
    }
    if (piece.done === true) return null;
    for (const { stream, bytes } of demultiplexer.take(piece.value as Buffer)) await writeWhole(FILES[stream], bytes);
  }
}

/** Null = it has ended. That is asked first: Podman would make one that has ended ready for another life. */
async function attachAgain(engine: Engine, id: string): Promise<Attached | null> {
  try {
    const { State: state } = await patiently(() => engine.inspect(id));
    return state.Running ? await patiently(() => engine.attach(id, false)) : null;
  } catch {
    return null; // the engine knows it no more; its end is told by who waits for that
  }
}
