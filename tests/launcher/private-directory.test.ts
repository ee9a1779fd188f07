/** A run's own directory: empty at its begin, its user's alone, gone after its end, whatever becomes of the launcher. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findUser } from '../../launcher/birth/accounts';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);
const asRoot = process.getuid?.() === 0 ? test : test.skip;
const NEVER = { when: 'never' } as const;
const BASE = join('/var/tmp', `procguard-${process.getuid?.() ?? ''}`);
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

test('each run has an empty one, which is removed with all in it', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const command = 'pwd -P; ls -A; mkdir -p a/b; echo x >a/b/c; echo made';
  await manager.define({ name: 'a', command, workDir: 'private', restart: NEVER });
  await until('its end', 30_000, () => manager.ended('a').length === 1);
  await until('its output', 30_000, () => manager.textOf().includes('made'));
  const [place = '', ...others] = manager.textOf().trim().split('\n');
  expect(place).toBe(join(BASE, manager.ended('a')[0]?.run ?? ''));
  expect(others).toEqual(['made']);
  await until('nothing left of it', 30_000, () => !existsSync(place));
  await manager.control({ process: 'a', verb: 'start' });
  await until('its second end', 30_000, () => manager.ended('a').length === 2);
  await until('its output', 30_000, () => manager.textOf().trim().split('\n').length === 4);
  expect(manager.textOf().trim().split('\n')[2]).not.toBe(place);
});

asRoot('it is its user’s and nobody else’s', async () => {
  const manager = await managerOf();
  startLauncher(world, { managerUrl: manager.url });
  const command = 'pwd -P; touch mine; sleep 1000';
  await manager.define({ name: 'a', command, workDir: 'private', user: 'nobody', restart: NEVER });
  const place = await until('its directory', 30_000, () => firstLine(manager.textOf()));
  await until('its file', 30_000, () => existsSync(join(place, 'mine')));
  const { uid, mode } = statSync(place);
  expect([uid, mode & 0o777]).toEqual([findUser('nobody')?.uid, 0o700]);
  expect(manager.report('a')?.isolation).toEqual(['user nobody', 'a private directory']);
  expect(await manager.control({ process: 'a', verb: 'kill' })).toMatchObject({ ok: true });
  await until('nothing left of it', 30_000, () => !existsSync(place));
});

test('the next launcher removes it, when the one that made it was killed', async () => {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  const command = 'pwd -P; sleep 1000';
  await manager.define({ name: 'a', command, workDir: 'private', restart: NEVER });
  const place = await until('its directory', 30_000, () => firstLine(manager.textOf()));
  await launcher.program.end('SIGKILL');
  expect(existsSync(place)).toBe(true);
  launcher.again();
  await until('the next launcher', 30_000, () => manager.syncs.length >= 2);
  expect(await manager.control({ process: 'a', verb: 'kill' })).toMatchObject({ ok: true });
  await until('nothing left of it', 30_000, () => !existsSync(place));
});
