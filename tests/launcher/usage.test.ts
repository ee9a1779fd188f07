/** What beats say of a running tree, held against programs that use a known amount. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineUsage, ProcessUsage } from '../../protocol/link';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { ended, runWord } from './jobs/job-words';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

const usage = (manager: TinyManager, what: string, holds: (usage: ProcessUsage) => boolean): Promise<ProcessUsage> =>
  until(what, 30_000, () => manager.beats.flatMap((beat) => beat.usage).find(holds));
const machine = (manager: TinyManager, what: string, holds: (machine: MachineUsage) => boolean) =>
  until(what, 30_000, () => manager.beats.flatMap((beat) => beat.machine ?? []).find(holds));

/** An nvidia-smi for this test: a real program, first on the launcher's PATH. */
function nvidiaSmi(script: string): Readonly<Record<string, string>> {
  const directory = world.directory();
  writeFileSync(join(directory, 'nvidia-smi'), `#!/bin/sh\n${script}`);
  chmodSync(join(directory, 'nvidia-smi'), 0o755);
  return { PATH: `${directory}:${process.env.PATH ?? ''}` };
}

test('CPU and memory are those of the whole tree, also of who left session and parent', async () => {
  const manager = await managerOf();
  const burner = `${process.execPath} -e "for(;;);"`;
  startLauncher(world, {
    managerUrl: manager.url,
    flags: ['--auto-start', '--command', `setsid sh -c '${burner} &'; exec sleep 1000`],
  });
  // The others use next to nothing, and a busy machine may give the burner little; no more than one core is its own.
  const isIt = ({ cpu, processes, rssBytes }: ProcessUsage): boolean =>
    cpu > 0.05 && cpu < 1.5 && processes === 2 && rssBytes > 20 * 2 ** 20;
  const busy = await usage(manager, 'the burner to be counted', isIt);
  expect(busy.zombie).toBeNull();
});

test('disks, descriptors and shared memory are told, and a quiet process is not told again and again', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'exec sleep 1000'] });
  const quiet = await usage(manager, 'its figures', ({ openFiles }) => openFiles !== null);
  expect(quiet.openFiles).toBeGreaterThanOrEqual(3);
  expect(quiet.pssBytes).toBeLessThanOrEqual(quiet.rssBytes);
  expect(quiet.pssBytes).toBeGreaterThan(0);
  const told = (): number => manager.beats.filter((beat) => beat.usage.length > 0).length;
  const before = { beats: manager.beats.length, told: told() };
  await until('twenty more beats', 30_000, () => manager.beats.length >= before.beats + 20);
  expect(told() - before.told).toBeLessThan(5);
  const { diskTotalBytes, diskFreeBytes } = await machine(manager, 'the disk', (m) => m.diskFreeBytes !== null);
  expect(diskFreeBytes).toBeLessThanOrEqual(diskTotalBytes ?? 0);
});

test('what ended is told as gone', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url, flags: ['--auto-start', '--command', 'exec sleep 1000'] });
  await usage(manager, 'its figures', ({ name }) => name === 'w1');
  await manager.control({ process: 'w1', verb: 'stop' });
  await until('the word', 30_000, () => manager.beats.some(({ gone }) => gone.includes('w1' as never)));
});

test("a device's memory and use are told, by process", async () => {
  const manager = await managerOf();
  const holders = join(world.directory(), 'holders');
  writeFileSync(holders, '');
  const env = nvidiaSmi(`case "$1" in
--query-gpu=*) echo "0, GPU-aa, Test 9000, 24576, 1024, 37" ;;
--query-compute-apps=*) cat ${holders} ;;
pmon) printf '# gpu pid type sm\\n' ; awk -F, '{print "0 " $1 " C 35 10 - - x"}' ${holders} ;;
esac
`);
  startLauncher(world, { managerUrl: manager.url, env, flags: ['--auto-start', '--command', 'exec sleep 1000'] });
  const pid = await manager.running('w1');
  writeFileSync(holders, `${pid}, GPU-aa, 512\n1, GPU-aa, 100\n`);
  const { gpus } = await machine(manager, 'the device', (m) => m.gpus !== null);
  expect(gpus).toEqual([
    {
      index: 0,
      uuid: 'GPU-aa',
      name: 'Test 9000',
      memoryTotalBytes: 24 * 2 ** 30,
      memoryUsedBytes: 2 ** 30,
      utilization: 0.37,
    },
  ]);
  // The two programs are asked one after the other, and the file may come between.
  const held = await usage(
    manager,
    'its share',
    ({ gpus: [gpu] }) => gpu !== undefined && gpu.memoryBytes > 0 && gpu.utilization !== null,
  );
  expect(held.gpus).toEqual([{ index: 0, memoryBytes: 512 * 2 ** 20, utilization: 0.35 }]);
});

test('devices are looked at anew when an attempt that had one has ended', async () => {
  const manager = await managerOf();
  const env = nvidiaSmi(`case "$1" in --query-gpu=*) echo "0, GPU-aa, Test 9000, 24576, 0, 0" ;; esac\n`);
  startLauncher(world, { managerUrl: manager.url, env });
  const lookedAt = () =>
    manager.beats.flatMap(({ atMs, machine }) => (machine?.gpus ? [atMs - machine.gpusAgeMs] : []));
  // Else each five seconds. A beat that was long in the making is told of a look a little later than it was.
  const apart = (a: number, b: number) => b - a > 300 && b - a < 4_500;
  const wasEarly = () => lookedAt().some((at, i, all) => i > 0 && apart(all[i - 1] ?? at, at));
  const isNext = (after: number) => (lookedAt().at(-1) ?? 0) > after + 300;
  await until('a look', 30_000, () => lookedAt().length > 0);
  // One of them may end just when it is time.
  for (let n = 1; n <= 5 && !wasEarly(); n++) {
    const last = lookedAt().at(-1) ?? 0;
    manager.job(runWord(`train${n}`, 'true', { spec: { env: { PROCGUARD_GPUS: '0' } } }));
    await ended(manager, `train${n}`);
    await until('the next look', 30_000, () => isNext(last));
  }
  expect(wasEarly()).toBe(true);
});

test('an nvidia-smi that hangs delays no beat, is never started twice, and is said', async () => {
  const manager = await managerOf();
  const starts = join(world.directory(), 'starts');
  const env = nvidiaSmi(`echo started >>${starts}\nexec sleep 1000\n`);
  startLauncher(world, { managerUrl: manager.url, env, flags: ['--auto-start', '--command', 'exec sleep 1000'] });
  await until('beats meanwhile', 30_000, () => manager.beats.length > 15);
  // Until it answers or is given up, nobody is to take it that there are no devices.
  expect(manager.beats[0]?.machine).toMatchObject({ gpus: null, gpuTrouble: 'nvidia-smi has not answered yet' });
  const atMs = manager.beats.slice(2).map((beat) => beat.atMs);
  const gaps = atMs
    .slice(1)
    .map((at, i) => at - (atMs[i] ?? at))
    .sort((a, b) => a - b);
  // Each that waited for it would be five seconds late; a busy machine delays some.
  expect(gaps[Math.floor(gaps.length / 2)]).toBeLessThan(2_000);
  await machine(manager, 'the word', ({ gpuTrouble }) => gpuTrouble?.includes('does not answer within 5 s') === true);
});
