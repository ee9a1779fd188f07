/**
 * P10. A line that a child writes, until it is in the hands of who looks on: of a client of the live feed as a browser is
 * one, and of a program behind `tail -f file |`. The child stamps each line by the monotonic clock, which both read too.
 */
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { io, type Socket } from 'socket.io-client';
import type { BrowserToServer, ServerToBrowser } from '../protocol/live';
import { bundledProgram } from './bundled-program';
import { within } from './deadline';
import type { Measure } from './measure';
import { monotonicMs } from './monotonic';
import { Launcher, Manager } from './procguard';
import type { Rig } from './rig';
import { median, percentile } from './statistics';

/** A line now and then, as people look at them: also slower than anything that gathers. */
const EVERY_MS = 60;

export const tailLatency: Measure = {
  name: 'tail-latency',
  title: 'a line from the child to who looks on',
  async run(rig) {
    const lines = rig.rounds(250, 80);
    const stamps = bundledProgram(rig, 'stamped-lines');
    const child = [process.execPath, stamps, String(lines), String(EVERY_MS)] as const;
    const ours = await rig.apart((own) => live(own, child, lines));
    const theirs = await rig.apart((own) => tail(own, child, lines));
    const compare = (what: string, of: (values: readonly number[]) => number) => ({
      target: 'P10' as const,
      what: `a line, ${what}`,
      unit: 'ms',
      ours: { name: 'live feed', value: of(ours) },
      reference: { name: 'tail -f', value: of(theirs) },
      bound: null,
    });
    return {
      comparisons: [
        {
          ...compare('p50', median),
          reference: { name: 'the limit', value: 100 },
          bound: { kind: 'at most' as const, ratio: 1 },
        },
        compare('p50', median),
        compare('p99', (values) => percentile(values, 0.99)),
      ],
      notes: [
        `${lines} lines, ${EVERY_MS} ms apart; the live feed gathers for 25 ms, so that a loud child costs a browser no message per line`,
      ],
    };
  },
};

async function live(rig: Rig, child: readonly string[], lines: number): Promise<number[]> {
  const manager = await Manager.start(rig);
  await Launcher.start(rig, manager, 'bench', [{ name: 'bench', command: [...child], restart: { when: 'never' } }]);
  const feed: Socket<ServerToBrowser, BrowserToServer> = io(manager.url, { transports: ['websocket'] });
  rig.atEnd(() => void feed.disconnect());
  const latencies = new Latencies(lines);
  feed.on('log.data', ({ data }) => latencies.take(Buffer.from(data).toString('latin1')));
  await feed.emitWithAck('log.follow', { worker_id: 'bench', process: 'bench' });
  await manager.command('bench', 'start');
  return latencies.all;
}

async function tail(rig: Rig, child: readonly string[], lines: number): Promise<number[]> {
  const file = rig.path('tailed.log');
  const out = openSync(file, 'a');
  const reader = spawn('tail', ['-n', '+1', '-f', file], { stdio: ['ignore', 'pipe', 'ignore'] });
  rig.atEnd(() => void reader.kill('SIGKILL'));
  const latencies = new Latencies(lines);
  createInterface({ input: reader.stdout }).on('line', (line) => latencies.take(`${line}\n`));
  const [command = '', ...words] = child;
  const writer = spawn(command, words, { stdio: ['ignore', out, 'ignore'] });
  rig.atEnd(() => void writer.kill('SIGKILL'));
  closeSync(out);
  return latencies.all;
}

/** Of whole lines; a line that comes in two pieces counts when it is whole. */
class Latencies {
  readonly #values: number[] = [];
  #rest = '';
  #done: (values: number[]) => void = () => undefined;
  readonly all: Promise<number[]>;

  constructor(private readonly lines: number) {
    const all = new Promise<number[]>((resolve) => (this.#done = resolve));
    this.all = within(90_000, `${lines} lines`, all);
  }

  take(text: string): void {
    const nowMs = monotonicMs();
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const stamp of parts) this.#values.push(nowMs - Number(stamp));
    if (this.#values.length === this.lines) this.#done(this.#values);
  }
}
