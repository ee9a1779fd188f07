/** Secrets on a launcher's machine: on its disk, in the process list, and what a lost key does. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { filesWith } from '../trust/places';
import { type TinyManager, useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const VALUE = 'the-value-of-a-secret';
/** Not in the words of a command that looks for it. */
const ITS_BEGIN = VALUE.slice(0, 14);

/** The shim of the run, whose words everybody on the machine can read, and its child's. */
async function commandLines(manager: TinyManager, process: string): Promise<string> {
  const pid = await manager.running(process);
  const [, parent = ''] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return [String(pid), parent].map((id) => readFileSync(`/proc/${id}/cmdline`, 'latin1')).join('\n');
}

test('are sealed in the records and hidden from the process list, also under names that no shell could hold', async () => {
  const manager = await managerOf();
  const { dataDir } = startLauncher(world, { managerUrl: manager.url });
  const env = { API_KEY: VALUE, 'spring.datasource.password': VALUE, PORT: '80' };
  // A shell would drop what it could not hold.
  const script = `const { env } = process;
    const given = Object.values(env).filter((value) => value.startsWith('${ITS_BEGIN}'));
    console.log(given.length, Object.keys(env).filter((name) => name.startsWith('__P')).length);
    setInterval(() => {}, 1e6);`;
  await manager.define({ name: 'a', command: [process.execPath, '-e', script], env, autoStart: true });
  await until('its output', 30_000, () => manager.textOf().endsWith('\n'));
  expect(filesWith(VALUE, dataDir)).toEqual([]);
  expect(filesWith('"PORT":"80"', dataDir)).toHaveLength(1);
  expect(statSync(join(dataDir, 'secret.key')).mode & 0o777).toBe(0o600);
  expect(manager.textOf()).toBe('2 0\n');
  expect(await commandLines(manager, 'a')).not.toContain(VALUE);
});

test('what an older version left as it is, is sealed by the next start', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  const { dataDir } = launcher;
  await manager.define({ name: 'a', command: 'exec sleep 1000', env: { API_KEY: 'x' } });
  await launcher.program.end();
  const record = join(dataDir, 'processes/a/record.jsonl');
  writeFileSync(record, readFileSync(record, 'utf8').replaceAll(/sealed:v1:[^"]*/g, VALUE));
  expect(filesWith(VALUE, dataDir)).toEqual([record]);
  launcher.again();
  await until('its table', 30_000, () => manager.syncs.at(-1)?.processes[0]?.spec.env['API_KEY'] === VALUE);
  expect(filesWith(VALUE, dataDir)).toEqual([]);
});

test('a lost key ends nothing that runs and starts nothing with half a value', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  const spec = { name: 'a', command: 'exec sleep 1000', env: { API_KEY: VALUE } };
  await manager.define(spec);
  const pid = await manager.running('a');
  await launcher.program.end();
  rmSync(join(launcher.dataDir, 'secret.key'));
  const synced = manager.syncs.length;
  launcher.again();
  await until('its table', 30_000, () => manager.syncs.length > synced);
  expect(await manager.running('a')).toBe(pid);
  expect(await manager.control({ process: 'a', verb: 'restart' })).toMatchObject({
    ok: false,
    message: expect.stringMatching(/the value of API_KEY cannot be opened: .*; give its value anew/) as string,
  });
  expect(await manager.define(spec)).toMatchObject({ ok: true });
});
