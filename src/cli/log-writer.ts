/** How output is written: one process bare, several with their names before each line, or as JSON. */
import { once } from 'node:events';
import type { Format } from './context';
import type { LogSource, StoredLine } from './log-lines';
import { localTime } from './print/amounts';
import type { Colour, Paint } from './print/paint';
import { padEnd } from './print/text-width';

const NAME_COLOURS: readonly Colour[] = ['cyan', 'yellow', 'green', 'magenta'];

export interface LogLook {
  readonly format: Format;
  readonly paint: Paint;
  readonly timestamps: boolean;
}

/** @param views all that are shown together */
export function lineFormat(views: readonly LogSource[], { format, paint, timestamps }: LogLook) {
  const width = Math.max(...views.map(({ key }) => key.length));
  const colours = new Map(views.map(({ key }, i) => [key, NAME_COLOURS[i % NAME_COLOURS.length] ?? null]));
  return (view: LogSource, { run, stream, offset, atMs, text }: StoredLine): string => {
    if (format === 'json' || format === 'jsonl')
      return JSON.stringify({ key: view.key, run_id: run, stream, offset, at_ms: atMs, line: text });
    const name = views.length > 1 ? `${paint(padEnd(view.key, width), colours.get(view.key) ?? null)} | ` : '';
    const time = timestamps ? `${paint(atMs === null ? '-------------------' : localTime(atMs), 'dim')} ` : '';
    return name + time + text;
  };
}

/** Writes to stdout no faster than it is read. */
export async function writeOut(data: Buffer | string): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, 'drain');
}
