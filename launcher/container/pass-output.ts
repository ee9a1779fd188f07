/**
 * A container's output on its way to the run's files, and the run's stdin on its way in. One piece at a time: while a file
 * cannot take it nothing more is read, and the container waits in its own write, as any child does on a full disk.
 */
import { createReadStream } from 'node:fs';
import { Demultiplexer } from './demultiplexer';
import type { Attached, Engine } from './engine';
import type { KeptRun } from './kept-run';
import { writeWhole } from './write-whole';

export interface PassedOutput {
  /** Before this a container must not be started. */
  readonly attached: Promise<void>;
  /** The engine has closed the stream: all that the container wrote stands in the files. */
  readonly over: Promise<void>;
}

const FILES = { stdout: 1, stderr: 2 } as const;

export function passOutput(engine: Engine, id: string, { plan, say }: KeptRun): PassedOutput {
  const stream = engine.attach(id, plan.hasStdin);
  return {
    attached: stream.then(() => {}),
    over: stream
      .then(async (attached) => {
        if (plan.hasStdin) createReadStream('', { fd: 0, autoClose: false }).pipe(attached as never);
        await pass(attached);
      })
      .catch((error: Error) => say(`its output was cut off: ${error.message}`)),
  };
}

async function pass(attached: Attached): Promise<void> {
  const demultiplexer = new Demultiplexer();
  for await (const piece of attached)
    for (const { stream, bytes } of demultiplexer.take(piece as Buffer)) await writeWhole(FILES[stream], bytes);
}
