/** Every way in which trust fails ends in a sentence that says what to do: at the command line, and at a launcher. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../../harness/launcher';
import { StartedManager } from '../../harness/manager';
import { until } from '../../harness/until';
import { useWorld, type World } from '../../harness/world';
import { certificateFiles, cli, DAY_MS, read, startTlsManager } from './tls-here';

const world = useWorld();
const DEADLINE_MS = 60_000;
const UNREACHABLE = 5;
const USAGE = 2;

interface Wrong {
  readonly url: string;
  readonly flags: readonly string[];
  readonly says: RegExp;
}

const given = (files: { keyFile: string; certFile: string }): string[] => [
  '--ssl-key',
  files.keyFile,
  '--ssl-cert',
  files.certFile,
];

const CASES: readonly (readonly [string, (world: World) => Promise<Wrong>])[] = [
  [
    'no authority is given',
    async () => ({
      url: (await startTlsManager(world)).url,
      flags: [],
      says: /signed by no authority that is trusted here; give the authority with --ca FILE .* or --ca-fingerprint/,
    }),
  ],
  [
    'another manager’s authority is given',
    async () => ({
      url: (await startTlsManager(world)).url,
      flags: ['--ca', (await certificateFiles(world.directory())).caFile],
      says: /not signed by the authority given with --ca: this is another manager, or it has a new authority; compare the fingerprint/,
    }),
  ],
  [
    'another manager’s fingerprint is given',
    async () => ({
      url: (await startTlsManager(world)).url,
      flags: ['--ca-fingerprint', `sha256:${'0'.repeat(64)}`],
      says: /is sha256:\w{64}, and --ca-fingerprint says sha256:0{64}: this is another manager, or it has a new authority; compare/,
    }),
  ],
  [
    'the certificate has ended',
    async () => {
      const files = await certificateFiles(world.directory(), { nowMs: Date.now() - 800 * DAY_MS });
      const { url, program } = await startTlsManager(world, { flags: given(files) });
      await until('it to be said', DEADLINE_MS, () =>
        /the certificate in \S+server\.pem has ended .*; renew it/.test(program.output),
      );
      return {
        url,
        flags: ['--ca', files.caFile],
        says: /has ended: it must be renewed where the manager runs, unless this machine's clock/,
      };
    },
  ],
  [
    'the certificate begins later',
    async () => {
      const files = await certificateFiles(world.directory(), { nowMs: Date.now() + 30 * DAY_MS });
      const { url } = await startTlsManager(world, { flags: given(files) });
      return { url, flags: ['--ca', files.caFile], says: /is not valid yet: the clock of this machine .* is wrong/ };
    },
  ],
  [
    'it is made out for another name',
    async () => {
      const files = await certificateFiles(world.directory(), { names: { dns: ['guard.example'], ip: ['192.0.2.7'] } });
      const { url } = await startTlsManager(world, { flags: given(files) });
      return {
        url,
        flags: ['--ca', files.caFile],
        says: /made out for other names \(guard\.example, 192\.0\.2\.7\); use one of these, or add this name to the manager's web\.allowed_hosts/,
      };
    },
  ],
  [
    'https:// to a manager without TLS',
    async () => {
      const { url } = await StartedManager.start(world);
      return {
        url: url.replace('http:', 'https:'),
        flags: [],
        says: /does not speak TLS: use http:\/\/, or start the manager with --ssl/,
      };
    },
  ],
  [
    'http:// to a manager with TLS',
    async () => {
      const { url } = await startTlsManager(world);
      return {
        url: url.replace('https:', 'http:'),
        flags: [],
        says: /speaks TLS only: use https:\/\/127\.0\.0\.1:\d+; what was sent went over the network unencrypted/,
      };
    },
  ],
  [
    'a fingerprint, and a manager whose certificates were given',
    async () => {
      const files = await certificateFiles(world.directory());
      const { url } = await startTlsManager(world, { flags: given(files) });
      return {
        url,
        flags: ['--ca-fingerprint', `sha256:${'0'.repeat(64)}`],
        says: /answered 404; a manager whose certificates were given has none to show, use --ca FILE/,
      };
    },
  ],
];

test.each(CASES)('%s', async (_, make) => {
  const { url, flags, says } = await make(world);
  const asked = await cli('--url', url, ...flags, 'ls');
  expect(asked.err).toMatch(says);
  // A manager that answers in words is reached.
  expect([UNREACHABLE, 1]).toContain(asked.code);
  const launcher = startLauncher(world, { managerUrl: url, flags });
  await until('the launcher to say so', DEADLINE_MS, () => says.test(launcher.program.output));
});

test('a manager that gets a new authority: a connected launcher says so, and comes back when it is given the new one', async () => {
  const manager = await startTlsManager(world);
  const kept = join(world.directory(), 'ca.pem');
  writeFileSync(kept, read(manager.caFile));
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--ca', kept] });
  const connections = (): number => launcher.program.output.split(`connected to ${manager.url}`).length - 1;
  await until('it to be connected', DEADLINE_MS, () => connections() === 1);
  await manager.program.end();
  rmSync(manager.caFile);
  const again = await startTlsManager(world, { dataDir: manager.dataDir, port: manager.port });
  expect(again.fingerprint).not.toBe(manager.fingerprint);
  await until('it to say so', DEADLINE_MS, () =>
    /no connection to the manager: .* not signed by the authority/.test(launcher.program.output),
  );
  writeFileSync(kept, read(again.caFile));
  await until('it to be connected again', DEADLINE_MS, () => connections() === 2);
  expect(launcher.program.output.match(/no connection to the manager/g)).toHaveLength(1);
});

test('files that are not there are said before anything is started', async () => {
  const { url } = await startTlsManager(world);
  const launcher = startLauncher(world, { managerUrl: url, flags: ['--ca', '/nowhere/ca.pem'] });
  expect((await launcher.program.ended).code).toBe(USAGE);
  expect(launcher.program.output).toContain('the file of --ca cannot be read: /nowhere/ca.pem: there is no such file');
  const asked = await cli('--url', url, '--ca', '/nowhere/ca.pem', 'ls');
  expect(asked.err).toContain('the file of --ca cannot be read: /nowhere/ca.pem: there is no such file');
});

test('what is to be trusted, and an address without TLS: refused, because it would be ignored', async () => {
  const flags = ['--ca-fingerprint', `sha256:${'0'.repeat(64)}`];
  const launcher = startLauncher(world, { managerUrl: 'http://127.0.0.1:1', flags });
  expect((await launcher.program.ended).code).toBe(USAGE);
  expect(launcher.program.output).toContain('--ca-fingerprint is for a manager that speaks TLS');
  const asked = await cli('--url', 'http://127.0.0.1:1', ...flags, 'ls');
  expect([asked.code, asked.err]).toEqual([USAGE, expect.stringContaining('begin it with https://')]);
});

test('--ssl-no-verify connects, and says at every start what it is', async () => {
  const { url } = await startTlsManager(world);
  const launcher = startLauncher(world, { managerUrl: url, flags: ['--ssl-no-verify'] });
  await until('it to be connected', DEADLINE_MS, () => launcher.program.output.includes(`connected to ${url}`));
  expect(launcher.program.output).toMatch(
    /--ssl-no-verify: whoever answers at --manager-url is believed and may run commands here/,
  );
  const asked = await cli('--url', url, '--ssl-no-verify', 'ls');
  expect([asked.code, asked.err]).toEqual([0, expect.stringContaining('whoever answers is believed')]);
});
