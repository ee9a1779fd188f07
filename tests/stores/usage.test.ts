/** Usage over time: what is kept where, and what a restart leaves of it. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessName, RunId, WorkerId } from '../../protocol/ids';
import { MachineUsage, ProcessUsage } from '../../protocol/link';
import { UsageStore } from '../../src/stores/usage/usage-store';
import { useWorld } from '../harness/world';

const world = useWorld();
const W1 = 'w1' as WorkerId;
const WEB = 'web' as ProcessName;
const NOW = 1_700_000_100_000;
const HOUR = 3_600_000;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const machine = MachineUsage.parse({
  cpus: 4,
  cpu: 0.5,
  memoryTotalBytes: 1000,
  memoryAvailableBytes: 400,
  load1: 1,
});
const usage = (cpu: number): ProcessUsage =>
  ProcessUsage.parse({
    name: WEB,
    run: '1700000000000abcdefghij22' as RunId,
    cpu,
    rssBytes: 512,
    processes: 1,
    zombie: null,
    healthy: null,
    healthError: null,
  });

test('seconds for minutes, tens of seconds for hours, five minutes for weeks', async () => {
  const store = new UsageStore(world.directory(), silent);
  for (let atMs = NOW - 2 * HOUR; atMs <= NOW; atMs += 1000)
    store.note(W1, machine, [usage(atMs % 2000 === 0 ? 1 : 3)], atMs);
  const minutes = await store.read(W1, WEB, NOW - 60_000, NOW);
  expect(minutes.stepMs).toBe(1000);
  expect(minutes.figures.cpu?.mean).toHaveLength(61);
  expect(new Set(minutes.figures.cpu?.mean)).toEqual(new Set([1, 3]));
  const hours = await store.read(W1, WEB, NOW - HOUR, NOW);
  expect(hours.stepMs).toBe(10_000);
  expect(hours.figures.cpu?.mean.slice(0, 3)).toEqual([2, 2, 2]);
  expect(hours.figures.cpu?.peak.slice(0, 3)).toEqual([3, 3, 3]);
  const weeks = await store.read(W1, WEB, NOW - 24 * HOUR, NOW);
  expect(weeks.stepMs).toBe(300_000);
  const known = weeks.figures.cpu?.mean.filter((value) => value !== null) ?? [];
  expect(known.length).toBeGreaterThanOrEqual(24);
  // The step that has just begun holds one value only.
  expect(known.slice(0, -1).every((value) => Math.abs(value - 2) < 0.05)).toBe(true);
  expect((await store.read(W1, null, NOW - 60_000, NOW)).figures).toMatchObject({
    cpu: { mean: expect.arrayContaining([2]) as number[] },
    memory: { peak: expect.arrayContaining([600]) as number[] },
    gpu: { mean: expect.arrayContaining([null]) as null[] },
  });
  await store.close();
});

test('silence is a hole, not a line', async () => {
  const store = new UsageStore(world.directory(), silent);
  for (let atMs = NOW - 100_000; atMs <= NOW; atMs += 1000)
    if (atMs < NOW - 80_000 || atMs > NOW - 40_000) store.note(W1, machine, [usage(1)], atMs);
  const { figures } = await store.read(W1, WEB, NOW - 100_000, NOW);
  expect(figures.cpu?.mean.filter((value) => value === null).length).toBeGreaterThan(35);
  await store.close();
});

test('weeks outlive the program, also with a record cut short; what is forgotten is gone', async () => {
  const directory = world.directory();
  const first = new UsageStore(directory, silent);
  for (let atMs = NOW - HOUR; atMs <= NOW; atMs += 10_000) first.note(W1, machine, [usage(1)], atMs);
  await first.close();
  appendFileSync(join(directory, 'processes', W1, WEB), 'torn');
  const second = new UsageStore(directory, silent);
  second.note(W1, machine, [usage(2)], NOW + 400_000);
  second.note(W1, machine, [usage(2)], NOW + 800_000);
  const { figures } = await second.read(W1, WEB, NOW - 4 * HOUR, NOW + 800_000);
  const known = figures.cpu?.mean.filter((value) => value !== null) ?? [];
  expect(known.filter((value) => value === 1).length).toBeGreaterThanOrEqual(12);
  expect(known.filter((value) => value === 2)).toHaveLength(2);
  second.forget(W1, WEB);
  const gone = await second.read(W1, WEB, NOW - 4 * HOUR, NOW + 800_000);
  expect(gone.figures.cpu?.mean.every((value) => value === null)).toBe(true);
  await second.close();
});

const CPU_AND_PEAK = { cpuSeconds: 30, rssBytesMax: 512, gpuMemoryBytesMax: null };
/** Sampled from `fromMs` on for 20 s, at one and a half cores. */
function lived(store: UsageStore, fromMs: number): [fromMs: number, untilMs: number] {
  for (let atMs = fromMs; atMs <= fromMs + 20_000; atMs += 1000) store.note(W1, machine, [usage(1.5)], atMs);
  return [fromMs, fromMs + 20_000];
}

test('a life is summed up: core seconds by the time lived, the highest of its memory', async () => {
  const store = new UsageStore(world.directory(), silent);
  // Over the border of two long steps.
  const life = lived(store, Math.ceil(NOW / 300_000) * 300_000 - 5_000);
  expect(await store.totals(W1, WEB, ...life)).toEqual(CPU_AND_PEAK);
  expect(await store.totals(W1, 'nobody' as ProcessName, ...life)).toBeNull();
  await store.close();
});

test('what is over is written down with its end: the same after a restart, and in fine steps until others have ended', async () => {
  const directory = world.directory();
  const first = new UsageStore(directory, silent);
  const life = lived(first, NOW);
  first.end(W1, WEB);
  // The end may be told twice.
  first.end(W1, WEB);
  expect((await first.read(W1, WEB, ...life)).stepMs).toBe(1000);
  for (let other = 0; other < 64; other++) {
    const name = `job.j${other}.1` as ProcessName;
    first.note(W1, machine, [{ ...usage(1), name }], NOW + 30_000);
    first.end(W1, name);
  }
  expect((await first.read(W1, WEB, ...life)).stepMs).toBe(300_000);
  expect(await first.totals(W1, WEB, ...life)).toEqual(CPU_AND_PEAK);
  await first.close();
  const second = new UsageStore(directory, silent);
  expect(await second.totals(W1, WEB, ...life)).toEqual(CPU_AND_PEAK);
  second.forget(W1, WEB);
  expect(await second.totals(W1, WEB, ...life)).toBeNull();
  await second.close();
});
