/**
 * The join line with --systemd. There is no systemd to be run here, so `systemctl` is a program that does with the unit what
 * systemd would, as far as the script can tell; systemd itself is asked whether the unit is one (systemd-analyze).
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../harness/leftovers';
import { StartedManager } from '../harness/manager';
import { useWorld } from '../harness/world';
import { JoiningMachine } from './joining-machine';

const world = useWorld();

/** Writes down what it is told; `restart` and `stop` start and end the unit's program. */
const SYSTEMCTL = `#!/bin/sh
[ "$1" != --user ] || shift
echo "$*" >>"$UNITS/told"
last() { for unit in "$@"; do :; done; }
last "$@"
pid=$(cat "$UNITS/$unit.pid" 2>/dev/null)
end() { [ -z "$pid" ] || { kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done; rm -f "$UNITS/$unit.pid"; }; }
of() { sed -n "s/^$1=-\\{0,1\\}//p" "$UNITS/$unit"; }
case $1 in
  is-active) [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null ;;
  stop | disable) end ;;
  restart)
    end
    cd "$(of WorkingDirectory)" || exit
    stat -c 'its token: %a' "$(of EnvironmentFile)" 2>/dev/null >>"$UNITS/told"
    env $(cat "$(of EnvironmentFile)" 2>/dev/null) setsid $(of ExecStart) >/dev/null 2>&1 </dev/null &
    echo $! >"$UNITS/$unit.pid"
    ;;
esac
`;

/** As a user that is not root would have it: XDG_CONFIG_HOME says where units are. Root's are bound over the machine's. */
function withSystemd(): { env: Record<string, string>; units: string; as: readonly string[] } {
  const [bin, config] = [world.directory(), world.directory()];
  const units = join(config, 'systemd/user');
  mkdirSync(units, { recursive: true });
  writeFileSync(join(bin, 'systemctl'), SYSTEMCTL);
  chmodSync(join(bin, 'systemctl'), 0o755);
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, XDG_CONFIG_HOME: config, UNITS: units };
  const bound = ['unshare', '-m', 'sh', '-c', `mount --bind ${units} /etc/systemd/system && exec "$@"`, 'bound'];
  return { env, units, as: process.getuid?.() === 0 ? bound : [] };
}

test('a unit that starts with the machine, and keeps the children; run again it is renewed; --uninstall removes it', async () => {
  const { env, units, as } = withSystemd();
  const manager = await StartedManager.start(world);
  const machine = new JoiningMachine(world, as);
  const line = `curl -fsSL ${manager.url}/join | sh -s -- --worker-id w@1`;
  expect(await machine.type(`${line} --systemd --auto-start -- sleep 1000`, env)).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      /^launcher of worker w@1, pid \d+, connected to [\s\S]*procguard-w_1\.service/,
    ) as string,
  });
  const unit = 'procguard-w_1.service';
  const text = readFileSync(join(units, unit), 'utf8');
  const place = join(machine.home, 'joined/w@1');
  for (const setting of [
    `WorkingDirectory=${machine.home}`,
    `EnvironmentFile=-${place}/token.env`,
    `ExecStart=/bin/sh ${place}/run`,
    'KillMode=process',
    'Delegate=yes',
    'Restart=always',
    `WantedBy=${as.length > 0 ? 'multi-user.target' : 'default.target'}`,
  ])
    expect(text.split('\n')).toContain(setting);
  expect(readFileSync(join(units, 'told'), 'utf8')).toMatch(
    new RegExp(`daemon-reload\nenable --quiet ${unit}\nrestart ${unit}\n`),
  );
  const { pid: child } = await manager.until('it to run', 'w@1', ({ state }) => state === 'running');

  // Without the flag, too: what is a unit stays one.
  const launcher = readFileSync(join(units, `${unit}.pid`), 'utf8');
  expect(await machine.type(line, env)).toMatchObject({ code: 0 });
  expect(readFileSync(join(units, `${unit}.pid`), 'utf8')).not.toBe(launcher);
  expect(isAlive(child ?? 0)).toBe(true);

  expect(await machine.type(`${line} --uninstall`, env)).toMatchObject({
    code: 0,
    output: expect.stringContaining(`still running: w@1: running, pid ${child}`) as string,
  });
  expect(existsSync(join(units, unit))).toBe(false);
  expect(readdirSync(units)).toEqual(['told']);
  expect(isAlive(child ?? 0)).toBe(true);
});

test('its token stands in a file that only its owner reads, and not in the unit', async () => {
  const { env, units, as } = withSystemd();
  const manager = await StartedManager.start(world);
  const machine = new JoiningMachine(world, as);
  const minted = await fetch(`${manager.url}/api/admin/join-tokens`, { method: 'POST', body: '{"uses": null}' });
  const { token } = (await minted.json()) as { token: string };
  await machine.type(`curl -fsSL ${manager.url}/join | sh -s -- --worker-id w1 --systemd --token ${token}`, env);
  expect(readFileSync(join(units, 'told'), 'utf8')).toContain('its token: 600\n');
  for (const name of readdirSync(units)) expect(readFileSync(join(units, name), 'utf8')).not.toContain(token);
  await machine.type(`curl -fsSL ${manager.url}/join | sh -s -- --worker-id w1 --uninstall`, env);
});

test('where no systemd answers, it says so and leaves nothing behind', async () => {
  const manager = await StartedManager.start(world);
  const machine = new JoiningMachine(world);
  const stub = world.directory();
  writeFileSync(join(stub, 'systemctl'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const refused = await machine.type(`curl -fsSL ${manager.url}/join | sh -s -- --systemd`, {
    PATH: `${stub}:${process.env['PATH'] ?? ''}`,
  });
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('no systemd answers here') as string });
  expect(machine.installed()).toEqual([]);
});

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
(hasAnalyze ? test : test.skip)('systemd itself finds nothing wrong with the unit', async () => {
  const { env, units, as } = withSystemd();
  const manager = await StartedManager.start(world);
  const machine = new JoiningMachine(world, as);
  const line = `curl -fsSL ${manager.url}/join | sh -s -- --worker-id w1`;
  await machine.type(`${line} --systemd`, env);
  const verified = spawnSync('systemd-analyze', ['verify', join(units, 'procguard-w1.service')], { encoding: 'utf8' });
  expect(verified.stdout + verified.stderr).not.toContain('procguard-w1');
  await machine.type(`${line} --uninstall`, env);
});
if (!hasAnalyze) console.warn('SKIPPED: whether the unit is one: systemd-analyze is not installed');
