/**
 * P3. How fast a child can write while it is supervised, against the same child with its stdout in a plain file. Once
 * more with the manager and the launcher stopped in the middle of everything: a child's pace must not depend on them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Measure } from './measure';
import { warmPageCache } from './page-cache';
import { Launcher, Manager } from './procguard';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median, percentile } from './statistics';
import { STYLES, Writer, writePayload, type Payload, type Style } from './writer';

const MB = 1e6;
const SIZES = { buffered: 400 * MB, lines: 80 * MB };

export const childWriteRate: Measure = {
  name: 'child-write-rate',
  title: "a child's own write rate",
  async run(rig) {
    const manager = await Manager.start(rig);
    const styles: Style[] = ['buffered', 'lines'];
    const payloads = styles.map((style) => ({ style, payload: writePayload(rig, style, SIZES[style]) }));
    const writers = payloads.map(({ style, payload }) => ({
      style,
      payload,
      supervised: new Writer(rig, 'supervised', payload, style),
      plain: new Writer(rig, 'plain', payload, style),
    }));
    const launcher = await Launcher.start(
      rig,
      manager,
      'bench',
      writers.map(({ style, supervised }) => ({ name: style, command: [...supervised.command] })),
    );
    const comparisons: Comparison[] = [];
    const notes = ['the child is dd, timed by its own clock'];
    for (const { style, payload, supervised, plain } of writers) {
      const rates = { supervised: [] as number[], frozen: [] as number[], plain: [] as number[] };
      const ours = { manager, launcher, style, writer: supervised, payload };
      for (let round = 0; round < rig.rounds(9, 3); round++) {
        warmPageCache(rig, 2 * payload.bytes);
        rates.plain.push(await plainly(rig, plain));
        warmPageCache(rig, 2 * payload.bytes);
        rates.supervised.push(await underSupervision(ours, false));
        warmPageCache(rig, 2 * payload.bytes);
        rates.frozen.push(await underSupervision(ours, true));
      }
      for (const [way, of] of Object.entries(rates))
        notes.push(
          `${STYLES[style].words}, ${way}: ${[0.1, 0.5, 0.9].map((part) => Math.round(percentile(of, part) / MB)).join(', ')} MB/s (p10, p50, p90 of ${of.length} rounds)`,
        );
      for (const [way, what] of [
        ['supervised', STYLES[style].words],
        ['frozen', `${STYLES[style].words}, manager and launcher frozen`],
      ] as const)
        comparisons.push({
          target: 'P3',
          what,
          unit: 'MB/s',
          ours: { name: 'supervised', value: median(rates[way]) / MB },
          reference: { name: 'child > file', value: median(rates.plain) / MB },
          bound: { kind: 'at least', ratio: 0.95 },
        });
    }
    return { comparisons, notes };
  },
};

async function plainly(rig: Rig, writer: Writer): Promise<number> {
  const path = rig.path('plain.out');
  const output = openSync(path, 'w');
  const [file, ...words] = writer.command;
  const child = spawn(file, words, { stdio: ['ignore', output, 'ignore'] });
  closeSync(output);
  const ended = once(child, 'close');
  writer.begin();
  const rate = await writer.rate();
  await ended;
  rmSync(path);
  return rate;
}

interface Supervised {
  readonly manager: Manager;
  readonly launcher: Launcher;
  readonly style: Style;
  readonly writer: Writer;
  readonly payload: Payload;
}

async function underSupervision(
  { manager, launcher, style, writer, payload }: Supervised,
  isFrozen: boolean,
): Promise<number> {
  const run = await manager.startRun('bench', style);
  if (isFrozen) for (const program of [launcher, manager]) program.signal('SIGSTOP');
  writer.begin();
  const rate = await writer.rate();
  if (isFrozen) for (const program of [manager, launcher]) program.signal('SIGCONT');
  // What is still on its way would slow the next contender down.
  await manager.untilStored('bench', style, run, payload.bytes);
  await manager.clearLogs(style);
  return rate;
}
